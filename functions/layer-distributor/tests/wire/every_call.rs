//! Every call of a job goes wrong in every way: the jobs after it bring everything to where it should be, and at no time do
//! the regions' pointers differ.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::aws::{Aws, Call, Fault, Kind, Told, Version, account_statement};
use crate::zips::layer;

const REGIONS: [&str; 3] = ["us-east-1", "eu-west-1", "ap-south-1"];
const FILLER: &str = "wrasse filler: it only takes a number, and is deleted";
/// What the release gets if nothing goes wrong.
const NUMBER: i64 = 5;

fn parameters() -> Value {
    json!({
        "layer_name": "deps", "regions": REGIONS, "artifact_path": "layer.zip", "ssm_prefix": "/layers",
        "align_versions": true, "principals": ["111122223333"],
    })
}

fn arn(region: &str, number: i64) -> String {
    format!("arn:aws:lambda:{region}:123456789012:layer:deps:{number}")
}

/// Version 1 is released in two regions. The first has three more, the second none at all, and in the third the filler of a
/// job that came no further.
async fn before() -> Aws {
    let aws = Aws::new(&layer(1_000));
    let mut two = parameters();
    two["regions"] = json!(["us-east-1", "ap-south-1"]);
    aws.job(&two).await.variables();
    for _ in 0..3 {
        aws.state()
            .region("us-east-1")
            .publish(Version::of("by hand", b"PK by hand"));
    }
    let filler = published_filler().await;
    aws.state().region("ap-south-1").publish(filler);
    aws.build(&layer(2_000));
    aws.calls();
    aws
}

/// As this function publishes one.
async fn published_filler() -> Version {
    let aws = Aws::new(&layer(1_000));
    aws.state()
        .region("us-east-1")
        .publish(Version::of("by hand", b"PK by hand"));
    aws.go_wrong(Fault::new("eu-west-1", "DeleteLayerVersion", Kind::Fail).always());
    aws.job(&parameters()).await;
    let filler = aws.state().region("eu-west-1").versions[&1].clone();
    assert_eq!(filler.description, FILLER);
    filler
}

/// All say the old, or all the new.
#[track_caller]
fn pointers_agree(aws: &Aws, case: &str) {
    let found = aws.latest(&REGIONS);
    let old = vec![Some(arn("us-east-1", 1)), None, Some(arn("ap-south-1", 1))];
    let new = |number: i64| {
        REGIONS
            .iter()
            .map(|region| Some(arn(region, number)))
            .collect::<Vec<_>>()
    };
    assert!(
        found == old || (NUMBER..NUMBER + 10).any(|number| found == new(number)),
        "{case}: {found:?}"
    );
}

#[track_caller]
fn is_released(aws: &Aws, told: &Told, case: &str) {
    let number: i64 = told.variables()["Version"]
        .as_str()
        .unwrap_or_else(|| panic!("{case}"))
        .parse()
        .unwrap();
    let mut state = aws.state();
    for region in REGIONS {
        let state = state.region(region);
        let description = &state.versions[&number].description;
        let of = |wanted: &str| -> Vec<i64> {
            let all = state
                .versions
                .iter()
                .filter(|(_, version)| version.description == wanted);
            all.map(|(number, _)| *number).collect()
        };
        assert!(description.starts_with("wrasse sha256:"), "{case}: {description}");
        assert_eq!(of(description), [number], "{case}: {region}");
        assert_eq!(of(FILLER), [0; 0], "{case}: {region}");
        let statement = account_statement("wrasse-111122223333", "111122223333");
        assert_eq!(state.versions[&number].statements, [statement], "{case}: {region}");
        for name in [format!("/layers/deps/{number}"), "/layers/deps/latest".to_owned()] {
            assert_eq!(
                state.parameters[&name],
                ("String".to_owned(), arn(region, number)),
                "{case}: {region}"
            );
        }
        assert_eq!(
            told.variables()[format!("LayerVersionArn_{region}")],
            arn(region, number),
            "{case}"
        );
    }
}

/// Where a clean job asks: how often for what in each region. The artifact is another test's, and so is the answer.
async fn places(before: &Aws) -> Vec<(String, String, usize)> {
    let aws = before.copy();
    is_released(&aws, &aws.job(&parameters()).await, "clean");
    let mut counts = BTreeMap::<(String, String), usize>::new();
    for Call { region, operation, .. } in aws.calls() {
        if operation != "GetObject" && !operation.starts_with("PutJob") {
            *counts.entry((region, operation)).or_default() += 1;
        }
    }
    let each = |((region, operation), count): ((String, String), usize)| {
        (0..count).map(move |place| (region.clone(), operation.clone(), place))
    };
    counts.into_iter().flat_map(each).collect()
}

/// With as many calls in a row as it goes for: four are all attempts of most.
fn ways() -> Vec<(Kind, usize)> {
    vec![
        (Kind::Fail, 4),
        (Kind::FailAfter, 1),
        (Kind::FailAfter, 4),
        (Kind::Throttle, 1),
        (Kind::Silence, 4),
        (Kind::SilenceAfter, 1),
        (Kind::SilenceAfter, 4),
        (Kind::Refuse(403, "AccessDeniedException"), 1),
    ]
}

async fn goes_wrong(before: &Aws, region: &str, operation: &str, place: usize, kind: Kind, times: usize) {
    let case = format!("{region} {operation} {place} {kind:?} {times}");
    let aws = before.copy();
    aws.go_wrong(Fault::new(region, operation, kind).after(place).times(times));
    let told = aws.job(&parameters()).await;
    pointers_agree(&aws, &case);
    if let Told::Failure(_, message) = &told {
        assert!(
            message.contains(&format!("{region}: ")) && message.contains("failed: "),
            "{case}: {message}"
        );
    }
    aws.calm();
    let mut told = told;
    for _ in 0..4 {
        if told.is_success() {
            break;
        }
        told = aws.job(&parameters()).await;
        pointers_agree(&aws, &case);
    }
    assert!(told.is_success(), "{case}: {told:?}");
    is_released(&aws, &told, &case);
}

/// Every call in one of the regions: there are more than so many.
async fn every_call_in(region: &str, at_least: usize) {
    let before = before().await;
    let places: Vec<_> = places(&before)
        .await
        .into_iter()
        .filter(|place| place.0 == region)
        .collect();
    assert!(places.len() >= at_least, "{}", places.len());
    for (_, operation, place) in places {
        for (kind, times) in ways() {
            goes_wrong(&before, region, &operation, place, kind, times).await;
        }
        if operation == "PublishLayerVersion" {
            goes_wrong(&before, region, &operation, place, Kind::Late { listings: 1 }, 1).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whichever_call_fails_in_a_region_that_is_ahead_the_release_comes_to_its_end() {
    every_call_in("us-east-1", 12).await;
}

#[tokio::test(start_paused = true)]
async fn whichever_call_fails_in_a_region_that_is_new_the_release_comes_to_its_end() {
    every_call_in("eu-west-1", 12).await;
}

#[tokio::test(start_paused = true)]
async fn whichever_call_fails_in_a_region_that_lags_the_release_comes_to_its_end() {
    every_call_in("ap-south-1", 12).await;
}
