//! What is not taken, and what is said of it.

use super::*;

/// Each of the changes is wrong, and nothing else.
fn wrong(cases: &[(Value, &str)]) {
    for (changes, expected) in cases {
        let problem = with(changes).unwrap_err();
        assert!(problem.contains(expected), "{changes}: {problem}");
        assert!(problem.starts_with("the action's UserParameters"), "{problem}");
        assert_eq!(problem.matches("; `").count(), 0, "only this is wrong: {problem}");
    }
}

fn longest(length: usize) -> String {
    "x".repeat(length)
}

#[test]
fn what_is_no_layer_region_or_path_is_told() {
    let regions = |count: usize| (0..count).map(|number| format!("eu-west-{number}")).collect::<Vec<_>>();
    wrong(&[
        (json!({"layer_name": null}), "`layer_name` is missing"),
        (json!({"layer_name": ""}), "`layer_name` takes 1 to 64 letters"),
        (json!({"layer_name": longest(65)}), "`layer_name` takes 1 to 64 letters"),
        (json!({"layer_name": "a b"}), "`layer_name` takes 1 to 64 letters"),
        (
            json!({"layer_name": "arn:aws:lambda:eu-west-1:123456789012:layer:deps"}),
            "and no ARN",
        ),
        (json!({"regions": null}), "`regions` is missing"),
        (json!({"regions": []}), "`regions` has 0 entries: give 1 to 40"),
        (json!({"regions": regions(41)}), "`regions` has 41 entries"),
        (
            json!({"regions": ["us-east-1", "us-east-1"]}),
            "`regions` has `us-east-1` more than once",
        ),
        (
            json!({"regions": ["us-east-1", "Ireland"]}),
            "`regions`: entry 2 is not a region such as `eu-west-1`",
        ),
        (json!({"regions": ["us-east-1a"]}), "`regions`: entry 1 is not a region"),
        (json!({"artifact_path": null}), "`artifact_path` is missing"),
        (json!({"artifact_path": ""}), "`artifact_path` is the path of a file"),
        (
            json!({"artifact_path": "/layer.zip"}),
            "`artifact_path` is the path of a file",
        ),
        (
            json!({"artifact_path": "a/../layer.zip"}),
            "`artifact_path` is the path of a file",
        ),
        (
            json!({"artifact_path": "./layer.zip"}),
            "`artifact_path` is the path of a file",
        ),
        (
            json!({"artifact_path": "layer/"}),
            "`artifact_path` is the path of a file",
        ),
        (
            json!({"artifact_path": "build\\layer.zip"}),
            "`artifact_path` is the path of a file",
        ),
    ]);
}

#[test]
fn what_is_no_attribute_of_a_layer_is_told() {
    let many = |count: usize| (0..count).map(|number| format!("runtime{number}")).collect::<Vec<_>>();
    wrong(&[
        (
            json!({"compatible_runtimes": ["Python 3"]}),
            "`compatible_runtimes`: entry 1 is not a runtime such as `python3.13`",
        ),
        (
            json!({"compatible_runtimes": ["nodejs24.x", "nodejs24.x"]}),
            "`compatible_runtimes` has `nodejs24.x` more than once",
        ),
        (
            json!({"compatible_runtimes": many(16)}),
            "`compatible_runtimes` has 16 entries: Lambda takes 15",
        ),
        (
            json!({"compatible_architectures": ["aarch64"]}),
            "`compatible_architectures`: entry 1 is not `arm64` or `x86_64`",
        ),
        (json!({"license": ""}), "`license` takes 1 to 512 characters"),
        (json!({"license": longest(513)}), "`license` takes 1 to 512 characters"),
    ]);
}

#[test]
fn who_cannot_be_given_a_layer_is_told() {
    wrong(&[
        (json!({"principals": []}), "`principals` is empty"),
        (
            json!({"principals": ["12345678901"]}),
            "`principals`: entry 1 is not an account: 12 digits",
        ),
        (json!({"principals": ["*"]}), "`principals`: entry 1 is not an account"),
        (
            json!({"principals": ["arn:aws:iam::111122223333:root"]}),
            "`principals`: entry 1 is not an account",
        ),
        (
            json!({"principals": ["111122223333", "111122223333"]}),
            "`principals` has `111122223333` more than once",
        ),
        (
            json!({"organization_id": "o-abcdefghij", "principals": ["111122223333"]}),
            "`organization_id` and `principals` do not go together: AWS gives a layer to an organization by the principal `*`",
        ),
        (
            json!({"organization_id": "ou-abcd-12345678"}),
            "`organization_id` is no organization's ID",
        ),
        (
            json!({"organization_id": "o-abc"}),
            "`organization_id` is no organization's ID",
        ),
        (
            json!({"public": true, "principals": ["111122223333"]}),
            "`public` gives the layer to everybody",
        ),
        (
            json!({"public": true, "organization_id": "o-abcdefghij"}),
            "`public` gives the layer to everybody",
        ),
        (json!({"public": "true"}), "wrong at the key \"public\""),
        (json!({"public": 1}), "wrong at the key \"public\""),
    ]);
}

#[test]
fn what_cannot_be_kept_pointed_to_or_counted_is_told() {
    let deep = |levels: usize| "/a".repeat(levels);
    wrong(&[
        (json!({"keep_versions": 0}), "`keep_versions` is 0: give 1 or more"),
        (json!({"keep_versions": -1}), "`keep_versions` is -1"),
        (
            json!({"prune_shared": true}),
            "`prune_shared` does nothing without `keep_versions`",
        ),
        (json!({"ssm_prefix": "layers"}), "`ssm_prefix` begins with a slash"),
        (json!({"ssm_prefix": "/"}), "`ssm_prefix` begins with a slash"),
        (json!({"ssm_prefix": ""}), "`ssm_prefix` begins with a slash"),
        (json!({"ssm_prefix": "/layers/"}), "`ssm_prefix` begins with a slash"),
        (json!({"ssm_prefix": "/a//b"}), "`ssm_prefix` begins with a slash"),
        (json!({"ssm_prefix": "/a b"}), "`ssm_prefix` begins with a slash"),
        (
            json!({"ssm_prefix": "/AWS/layers"}),
            "`ssm_prefix` begins with `aws` or `ssm`",
        ),
        (json!({"ssm_prefix": "/ssm"}), "`ssm_prefix` begins with `aws` or `ssm`"),
        (
            json!({"ssm_prefix": deep(14)}),
            "`ssm_prefix` takes up to 13 levels and 800 characters",
        ),
        (
            json!({"ssm_prefix": format!("/{}", longest(800))}),
            "up to 13 levels and 800 characters",
        ),
        (json!({"bucket": "layers"}), "`bucket` lacks `{region}`"),
        (json!({"bucket": "Layers-{region}"}), "`bucket` is no bucket's name"),
        (json!({"bucket": "-layers-{region}"}), "`bucket` is no bucket's name"),
        (json!({"bucket": "layers-{region}."}), "`bucket` is no bucket's name"),
        (
            json!({"bucket": "layers-{account}-{region}"}),
            "`bucket` is no bucket's name",
        ),
        (
            json!({"bucket": format!("{}{{region}}", longest(55))}),
            "`bucket` is no bucket's name",
        ),
        (json!({"max_entries": 0}), "`max_entries` is 0: give 1 to 65535"),
        (json!({"max_entries": 65_536}), "`max_entries` is 65536"),
        (json!({"layers": "deps"}), "\"layers\", which is not known"),
        (
            json!({"regions": "eu-west-1"}),
            "wrong at the key \"regions\": it has a text where a list is needed",
        ),
    ]);
}
