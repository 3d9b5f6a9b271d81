//! From a log group to the bucket: every line arrives, whatever happens on the way.

use std::collections::BTreeMap;

use aws_sdk_kinesis::primitives::Blob;
use aws_sdk_lambda::types::Environment;
use serde_json::{Value, json};

use super::account::Account;
use super::archive::{Archive, FURTHER, archive, deploy_to};
use crate::engine::{control, kill, until};

/// Messages of which each has a word of its own that begins with `beginning`.
fn messages(beginning: &str, count: usize, rest: &str) -> Vec<String> {
    (0..count).map(|n| format!("{beginning}{n} {rest}")).collect()
}

/// Each word of `messages`, once.
fn once(beginning: &str, count: usize) -> BTreeMap<String, usize> {
    (0..count).map(|n| (format!("{beginning}{n}"), 1)).collect()
}

#[test]
fn every_line_arrives_once_under_its_group_and_stream() {
    let archive = archive();
    archive.make_subscribed_group("/shop/plain");
    let mut lines = messages("plain-", 1_000, "tab\there, \"quotes\", käse, 値段");
    lines.push("two\nlines".to_owned());
    archive.central.write("/shop/plain", &lines);
    archive.flush();

    assert_eq!(archive.archived("plain-"), once("plain-", 1_000));
    let objects = archive.objects("logs/123456789012/");
    for key in objects.keys() {
        assert_eq!(key.split('/').count(), 6, "{key}: logs, account, year, month, day");
    }
    let text: String = objects.into_values().collect();
    let line = text.lines().find(|l| l.contains("plain-7 ")).unwrap();
    let (source, rest) = line.split_once('\t').unwrap();
    let (time, message) = rest.split_once('\t').unwrap();
    assert_eq!(source, "/shop/plain:one");
    assert!(time.len() == 13 && time.bytes().all(|b| b.is_ascii_digit()), "{time}");
    assert_eq!(message, "plain-7 tab\there, \"quotes\", käse, 値段");
    assert!(text.contains("\ttwo\nlines\n"), "newlines inside a message are kept");
}

#[test]
fn another_accounts_lines_arrive_by_the_destination() {
    let archive = archive();
    let further = Account::new(FURTHER);
    further.make_group("/team/orders", &[]);
    let parameters = [
        ("DestinationArn", archive.output("LogDestinationArn")),
        ("IncludeGroups", "/team/*"),
    ];
    let outputs = deploy_to(FURTHER, "logs", &parameters);
    further.settled(&outputs["StateMachineArn"]);

    let filters = further.filters("/team/orders");
    assert_eq!(filters[0].destination_arn(), Some(archive.output("LogDestinationArn")));
    assert_eq!(filters[0].filter_name(), Some(outputs["FilterName"].as_str()));
    further.write("/team/orders", &messages("order-", 500, "paid"));
    archive.flush();
    assert_eq!(archive.archived("order-"), once("order-", 500));
    let objects = archive.objects(&format!("logs/{FURTHER}/"));
    assert!(objects.values().any(|o| o.contains("/team/orders:one\t")));
}

#[test]
fn lines_that_do_not_fit_into_one_answer_go_through_the_stream_once_more() {
    let archive = archive();
    archive.make_subscribed_group("/shop/chatty");
    let filler = "the same words again and again ".repeat(40);
    for round in 0..20 {
        archive
            .central
            .write("/shop/chatty", &messages(&format!("chatty-{round}-"), 800, &filler));
    }
    let done = archive.flush();

    let archived = archive.archived("chatty-");
    assert_eq!(archived.len(), 16_000);
    assert!(
        archived.values().all(|times| *times == 1),
        "nothing failed, so nothing is there twice"
    );
    let size: usize = archive.objects("logs/").values().map(String::len).sum();
    assert!(size > 16 << 20, "{size} bytes fit into two answers");
    assert!(done["dropped"].as_u64().unwrap() > 0, "nothing was put back: {done}");
}

#[test]
fn puts_that_fail_in_part_lose_nothing() {
    let archive = archive();
    archive.make_subscribed_group("/shop/partial");
    let filler = "the same words again and again ".repeat(40);
    for round in 0..12 {
        archive
            .central
            .write("/shop/partial", &messages(&format!("partial-{round}-"), 800, &filler));
    }
    control("kinesis/faults", &json!({"kind": "partial", "count": 3}));
    let done = archive.flush();
    control("kinesis/faults", &json!({"kind": "clear"}));
    assert!(done["dropped"].as_u64().unwrap() > 0, "nothing was put back: {done}");

    let archived = archive.archived("partial-");
    assert_eq!(archived.len(), 9_600);
}

#[test]
fn a_poisoned_record_is_kept_replayed_and_then_given_up() {
    let archive = archive();
    let stream = archive.output("SourceArn");
    let poison = Blob::new(b"poison-1 is not gzip".to_vec());
    let put = archive
        .central
        .kinesis
        .put_record()
        .stream_arn(stream)
        .partition_key("1")
        .data(poison);
    archive.central.wait(put.send()).unwrap();
    archive.flush();
    assert_eq!(archive.failed("errors/", "poison-").len(), 1);

    let answers: Vec<Value> = (0..3)
        .map(|_| {
            let answer = archive.replay();
            archive.flush();
            answer
        })
        .collect();
    let counts: Vec<_> = answers.iter().map(|a| (&a["replayed"], &a["givenUp"])).collect();
    assert_eq!(
        counts,
        [(&json!(1), &json!(0)), (&json!(1), &json!(0)), (&json!(0), &json!(1))]
    );
    assert_eq!(archive.failed("errors/", "poison-").len(), 0);
    assert_eq!(archive.failed("errors-given-up/", "poison-").len(), 1);
    assert_eq!(archive.replay()["objects"], 0, "nothing is left to replay");
}

/// Sets the format that the decoder's environment names, right or wrong.
fn set_format(archive: &Archive, format: &str) {
    let (account, name) = (&archive.central, archive.output("DecoderFunctionName"));
    let get = account.lambda.get_function_configuration().function_name(name);
    let mut variables = account
        .wait(get.send())
        .unwrap()
        .environment
        .unwrap()
        .variables
        .unwrap();
    variables.insert("FORMAT".to_owned(), format.to_owned());
    let environment = Environment::builder().set_variables(Some(variables)).build();
    let update = account.lambda.update_function_configuration().function_name(name);
    account.wait(update.environment(environment).send()).unwrap();
}

#[test]
fn what_a_broken_decoder_could_not_take_is_replayed() {
    let archive = archive();
    archive.make_subscribed_group("/shop/broken");
    set_format(&archive, "nonsense");
    archive
        .central
        .write("/shop/broken", &messages("broken-", 200, "while the decoder is broken"));
    archive.flush();
    set_format(&archive, "raw");
    assert_eq!(archive.archived("broken-").len(), 0);
    assert_eq!(archive.failed("errors/", "broken-").len(), 200);

    let answer = archive.replay();
    assert_eq!(
        (&answer["givenUp"], &answer["left"]),
        (&json!(0), &json!(0)),
        "{answer}"
    );
    archive.flush();
    assert_eq!(archive.archived("broken-"), once("broken-", 200));
    assert_eq!(archive.objects("errors/").len(), 0);
}

/// A generator of numbers that are the same in every run (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

#[test]
fn a_decoder_killed_at_random_points_under_load_loses_nothing() {
    let archive = archive();
    archive.make_subscribed_group("/shop/killed");
    let filler = "the same words again and again ".repeat(40);
    let mut dice = Dice(0x5eed);
    let mut killed = 0;
    for round in 0..10 {
        for batch in 0..4 {
            let beginning = format!("killed-{round}-{batch}-");
            archive
                .central
                .write("/shop/killed", &messages(&beginning, 700, &filler));
        }
        std::thread::scope(|scope| {
            let delivery = scope.spawn(|| archive.flush());
            let mut deaths = dice.below(5);
            let mut looks = dice.below(400);
            while !delivery.is_finished() {
                looks = looks.saturating_sub(1);
                if deaths > 0 && looks == 0 && kill("LogDecoder") {
                    (deaths, looks, killed) = (deaths - 1, dice.below(400), killed + 1);
                }
                std::thread::yield_now();
            }
        });
    }
    assert!(killed > 3, "the decoder was killed {killed} times only");

    let written = 10 * 4 * 700;
    until("all is archived", || {
        archive.replay();
        archive.flush();
        archive.objects("errors/").is_empty().then_some(())
    });
    assert_eq!(archive.objects("errors-given-up/").len(), 0);
    assert_eq!(archive.archived("killed-").len(), written, "lines were lost");
}
