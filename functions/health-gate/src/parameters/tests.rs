use super::*;
use crate::fixtures::{job, parameters};

fn of(text: &str) -> Result<Parameters, String> {
    Parameters::of(&job(Some(text)), "eu-west-1", |region| region == "eu-north-9")
}

#[test]
fn nothing_said_is_every_service_of_the_gates_own_region() {
    let expected = Parameters {
        filter: Filter {
            regions: vec!["us-east-1".to_owned()],
            services: vec![],
            categories: vec!["issue".to_owned()],
            statuses: vec![Status::Open],
            account_specific: true,
        },
        on_event: OnEvent::Fail,
        on_api_failure: OnApiFailure::Block,
        longest: SignedDuration::from_hours(4),
        target: None,
    };
    assert_eq!(parameters("{}"), expected);
}

#[test]
fn everything_can_be_said() {
    let text = r#"{
        "regions": ["us-east-1", "eu-west-1"], "services": ["EC2", "lambda"], "categories": ["issue", "investigation"],
        "statuses": ["open", "upcoming"], "on_event": "hold", "on_api_failure": "allow", "max_hold_minutes": 1380,
        "include_account_specific": false, "pipeline": "shop", "execution": "0f8f6e4e-1111-abcd"
    }"#;
    let text_of = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let expected = Parameters {
        filter: Filter {
            regions: text_of(&["us-east-1", "eu-west-1"]),
            services: text_of(&["EC2", "lambda"]),
            categories: text_of(&["issue", "investigation"]),
            statuses: vec![Status::Open, Status::Upcoming],
            account_specific: false,
        },
        on_event: OnEvent::Hold,
        on_api_failure: OnApiFailure::Allow,
        longest: SignedDuration::from_hours(23),
        target: Some(Target {
            pipeline: "shop".to_owned(),
            execution: "0f8f6e4e-1111-abcd".to_owned(),
        }),
    };
    assert_eq!(of(text), Ok(expected));
}

#[test]
fn a_region_that_is_new_at_aws_is_taken_where_there_is_proof_of_it() {
    assert!(of(r#"{"regions": ["eu-north-9"]}"#).is_ok());
    assert!(of(r#"{"regions": ["eu-north-8"]}"#).is_err());
}

#[test]
fn what_is_wrong_is_said_in_words() {
    let filled_in = "`execution` was not filled in by CodePipeline";
    let together = "`pipeline` and `execution` go together";
    let no_name = "`pipeline` is no name of a pipeline";
    let cases = [
        ("", "has no UserParameters"),
        ("us-east-1", "are not JSON: see line 1, column 1"),
        ("[]", "are a list, they must be a JSON object"),
        (
            r#"{"regoins": []}"#,
            r#"the key "regoins", which is not known: the known ones are "regions", "services""#,
        ),
        (
            r#"{"on_event": "hold", "on_event": "fail"}"#,
            r#"the key "on_event" more than once"#,
        ),
        (
            r#"{"regions": "us-east-1"}"#,
            r#"wrong at the key "regions": it has a text where a list is needed"#,
        ),
        (r#"{"regions": []}"#, "`regions` is empty: leave it out for eu-west-1"),
        (
            r#"{"regions": ["us-esat-1"]}"#,
            "`regions`: unknown region `us-esat-1`: check its spelling",
        ),
        (
            r#"{"regions": ["global"]}"#,
            "`regions`: unknown region `global`: events of `global` count for every region",
        ),
        (
            r#"{"regions": ["us-east-1a"]}"#,
            "availability zone, its region is `us-east-1`",
        ),
        (
            r#"{"services": ["a/b"]}"#,
            "`services` takes the names that AWS Health has",
        ),
        (
            r#"{"categories": []}"#,
            "`categories` takes issue, accountNotification, scheduledChange, investigation",
        ),
        (r#"{"categories": ["Issue"]}"#, "`categories` takes issue"),
        (r#"{"statuses": []}"#, "`statuses` is empty: leave it out for `open`"),
        (
            r#"{"statuses": ["closed"]}"#,
            "`statuses` takes `open` and `upcoming`: what is closed blocks nothing",
        ),
        (
            r#"{"on_event": "stop"}"#,
            r#"wrong at the key "on_event": it has another text where one of "fail", "hold""#,
        ),
        (
            r#"{"on_event": true}"#,
            r#"wrong at the key "on_event": it has true or false where one of"#,
        ),
        (r#"{"on_api_failure": "pass"}"#, r#"where one of "block", "allow""#),
        (r#"{"max_hold_minutes": 0}"#, "`max_hold_minutes` is 0: give 1 to 1380"),
        (
            r#"{"max_hold_minutes": -5}"#,
            "`max_hold_minutes` is -5: give 1 to 1380",
        ),
        (
            r#"{"max_hold_minutes": 1381}"#,
            "`max_hold_minutes` is 1381: give 1 to 1380",
        ),
        (
            r#"{"max_hold_minutes": 1.5}"#,
            "a number with a fraction where a whole number is needed",
        ),
        (r#"{"max_hold_minutes": "60"}"#, "a text where a whole number is needed"),
        (
            r#"{"include_account_specific": "no"}"#,
            "a text where true or false is needed",
        ),
        (r#"{"pipeline": "shop"}"#, together),
        (r#"{"execution": "e-1"}"#, together),
        (r#"{"pipeline": "shop", "execution": null}"#, together),
        (
            r##"{"pipeline": "shop", "execution": "#{codepipeline.PipelineExecutionId}"}"##,
            filled_in,
        ),
        (
            r#"{"pipeline": "shop", "execution": "${codepipeline.PipelineExecutionId}"}"#,
            filled_in,
        ),
        (r#"{"pipeline": "shop", "execution": " "}"#, filled_in),
        (r#"{"pipeline": "", "execution": "e-1"}"#, no_name),
        (r#"{"pipeline": "shop ", "execution": "e-1"}"#, no_name),
        (
            r##"{"pipeline": "#{codepipeline.PipelineName}", "execution": "e-1"}"##,
            no_name,
        ),
    ];
    for (text, expected) in cases {
        let problem = of(text).unwrap_err();
        assert!(problem.contains(expected), "{text}: {problem}");
    }
    let problem = Parameters::of(&job(None), "eu-west-1", |_| false).unwrap_err();
    assert!(problem.contains("has no UserParameters"), "{problem}");
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let problem = of(r#"{"regions": ["x", "us-esat-1"], "statuses": ["closed"], "max_hold_minutes": 0}"#).unwrap_err();
    assert!(
        problem.starts_with("the action's UserParameters are wrong: "),
        "{problem}"
    );
    for expected in ["regions look like", "`us-esat-1`", "`statuses`", "`max_hold_minutes`"] {
        assert!(problem.contains(expected), "{problem}");
    }
}
