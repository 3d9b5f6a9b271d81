use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

/// <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation>
const GITHUB: (&str, &str, &str) = (
    "It's a Secret to Everybody",
    "Hello, World!",
    "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
);
/// `test_sign` of <https://github.com/standard-webhooks/standard-webhooks/blob/main/libraries/rust/src/lib.rs>
const STANDARD: (&str, &str, [&str; 3]) = (
    "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    r#"{"email":"test@example.com","username":"test_user"}"#,
    [
        "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
        "1649367553",
        "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
    ],
);
const OTHER_STANDARD: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1u";
const OTHER: &str = "correct horse battery staple";

fn headers(headers: &[(&'static str, &str)]) -> Headers {
    headers
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect()
}

fn secrets(texts: &[&str]) -> Vec<Secret> {
    texts.iter().map(|text| Secret::read(text).unwrap()).collect()
}

fn standard(values: [&str; 3]) -> Headers {
    let [id, timestamp, signature] = values;
    headers(&[
        ("webhook-id", id),
        ("webhook-timestamp", timestamp),
        ("webhook-signature", signature),
    ])
}

const UNTIMED: Option<Signed> = Some(Signed { at: None });

fn timed() -> Signed {
    Signed {
        at: Some("2022-04-07T21:39:13Z".parse().unwrap()),
    }
}

#[test]
fn the_published_examples_hold() {
    let (secret, body, signature) = GITHUB;
    for name in ["x-hub-signature-256", "x-hub-signature"] {
        let signed = headers(&[(name, signature)]);
        assert_eq!(check(&signed, body.as_bytes(), &secrets(&[secret])), UNTIMED, "{name}");
    }
    let (secret, body, values) = STANDARD;
    assert_eq!(
        check(&standard(values), body.as_bytes(), &secrets(&[secret])),
        Some(timed())
    );
    let token = headers(&[("x-gitlab-token", OTHER)]);
    assert_eq!(check(&token, b"anything", &secrets(&[OTHER])), UNTIMED);
}

#[test]
fn each_of_two_secrets_holds_and_no_third() {
    let (secret, body, signature) = GITHUB;
    let github = headers(&[("x-hub-signature-256", signature)]);
    let (standard_secret, standard_body, values) = STANDARD;
    for both in [[OTHER, secret], [secret, OTHER]] {
        assert_eq!(check(&github, body.as_bytes(), &secrets(&both)), UNTIMED);
    }
    for both in [
        [OTHER_STANDARD, standard_secret],
        [standard_secret, OTHER_STANDARD],
        [OTHER, standard_secret],
    ] {
        assert_eq!(
            check(&standard(values), standard_body.as_bytes(), &secrets(&both)),
            Some(timed())
        );
    }
    assert_eq!(
        check(&github, body.as_bytes(), &secrets(&[OTHER, standard_secret])),
        None
    );
    assert_eq!(
        check(
            &standard(values),
            standard_body.as_bytes(),
            &secrets(&[OTHER_STANDARD, secret])
        ),
        None
    );
    assert_eq!(check(&github, body.as_bytes(), &[]), None);
}

#[test]
fn what_is_no_signature_does_not_hold() {
    let (secret, body, signature) = GITHUB;
    let known = secrets(&[secret]);
    let upper = signature.to_uppercase().replace("SHA256", "sha256");
    let cases = [
        headers(&[]),
        headers(&[("x-hub-signature-256", "")]),
        headers(&[("x-hub-signature-256", "sha256=")]),
        headers(&[("x-hub-signature-256", &signature[7..])]),
        headers(&[("x-hub-signature-256", &signature[..69])]),
        headers(&[("x-hub-signature-256", &format!("{signature}00"))]),
        headers(&[("x-hub-signature-256", &upper)]),
        headers(&[("x-hub-signature", "sha1=01dc10d0c83e72ed246219cdd91669667fe2ca59")]),
        headers(&[("x-gitlab-token", "")]),
        headers(&[("x-gitlab-token", "It's a Secret to Everybody!")]),
        headers(&[("x-gitlab-token", "It's a Secret to Everybod")]),
    ];
    for (index, headers) in cases.iter().enumerate() {
        assert_eq!(check(headers, body.as_bytes(), &known), None, "{index}");
    }
}

#[test]
fn the_strongest_proof_counts_alone() {
    let (secret, body, _) = GITHUB;
    let token = ("x-gitlab-token", secret);
    assert_eq!(check(&headers(&[token]), body.as_bytes(), &secrets(&[secret])), UNTIMED);
    for stronger in ["x-hub-signature-256", "x-hub-signature", "webhook-signature"] {
        let both = headers(&[token, (stronger, "sha256=00")]);
        assert_eq!(check(&both, body.as_bytes(), &secrets(&[secret])), None, "{stronger}");
    }
}

#[test]
fn a_message_is_signed_with_its_id_and_its_time() {
    let (secret, body, [id, timestamp, signature]) = STANDARD;
    let known = secrets(&[secret]);
    let holds = |values: [&str; 3]| check(&standard(values), body.as_bytes(), &known);
    let wrong = "v1,tFtCZ5RDCPxzWQRWXWPgrCgE2frDBe9gjpbWQxnVfsQ=";
    assert_eq!(
        holds([id, timestamp, &format!("{wrong} v1a,AAAA {signature}")]),
        Some(timed())
    );
    for values in [
        ["", timestamp, signature],
        [id, "", signature],
        [id, "1649367554", signature],
        [id, timestamp, wrong],
        [id, timestamp, &signature[3..]],
        [id, timestamp, &signature.replace("v1", "v1a")],
        [id, timestamp, ""],
        [id, timestamp, "v1,"],
        // The first three bytes of the signature.
        [id, timestamp, &signature[..7]],
    ] {
        assert_eq!(holds(values), None, "{values:?}");
    }
    for missing in ["webhook-id", "webhook-timestamp"] {
        let all = [
            ("webhook-id", id),
            ("webhook-timestamp", timestamp),
            ("webhook-signature", signature),
        ];
        let some: Vec<_> = all.into_iter().filter(|(name, _)| *name != missing).collect();
        assert_eq!(check(&headers(&some), body.as_bytes(), &known), None, "{missing}");
    }
}

fn signed(secret: &str, id: &str, timestamp: &str, body: &[u8]) -> String {
    let secret = Secret::read(secret).unwrap();
    let parts = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body];
    let bytes = mac(secret.decoded().unwrap(), &parts).finalize().into_bytes();
    format!("v1,{}", base64_simd::STANDARD.encode_to_string(bytes))
}

#[test]
fn a_part_cannot_be_taken_for_another() {
    let (secret, ..) = STANDARD;
    let signature = signed(secret, "a", "1", b"2.{}");
    let known = secrets(&[secret]);
    assert!(check(&standard(["a", "1", &signature]), b"2.{}", &known).is_some());
    assert_eq!(check(&standard(["a.1", "2", &signature]), b"{}", &known), None);
    let signature = signed(secret, "a", "soon", b"{}");
    assert_eq!(check(&standard(["a", "soon", &signature]), b"{}", &known), None);
}

/// Another text of as many bytes: one of them is changed.
fn changed(text: &str, at: prop::sample::Index, by: u8) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let index = at.index(bytes.len());
    // Still ASCII, as headers are.
    bytes[index] ^= by;
    String::from_utf8(bytes).unwrap()
}

proptest! {
    #[test]
    fn any_changed_byte_of_a_signed_body_is_refused(
        body in prop::collection::vec(any::<u8>(), 1..300),
        at in any::<prop::sample::Index>(),
        by in 1..=u8::MAX,
    ) {
        let (secret, _, [id, timestamp, _]) = STANDARD;
        let known = secrets(&[secret]);
        let of_message = standard([id, timestamp, &signed(secret, id, timestamp, &body)]);
        let bytes = mac(secret.as_bytes(), &[&body]).finalize().into_bytes();
        let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").unwrap();
            hex
        });
        let of_body = headers(&[("x-hub-signature-256", &format!("sha256={hex}"))]);
        for proof in [of_message, of_body] {
            prop_assert!(check(&proof, &body, &known).is_some());
            let mut other = body.clone();
            other[at.index(body.len())] ^= by;
            prop_assert_eq!(check(&proof, &other, &known), None);
            prop_assert_eq!(check(&proof, &body[..at.index(body.len())], &known), None);
        }
    }

    #[test]
    fn any_changed_byte_of_a_header_is_refused(at in any::<prop::sample::Index>(), by in 1..128_u8) {
        let (secret, body, values) = STANDARD;
        let known = secrets(&[secret]);
        for index in 0..values.len() {
            let other = changed(values[index], at, by);
            let mut values = values;
            values[index] = &other;
            prop_assert_eq!(check(&standard(values), body.as_bytes(), &known), None);
        }
        let (secret, body, signature) = GITHUB;
        let github = headers(&[("x-hub-signature-256", &changed(signature, at, by))]);
        prop_assert_eq!(check(&github, body.as_bytes(), &secrets(&[secret])), None);
        let token = headers(&[("x-gitlab-token", &changed(secret, at, by))]);
        prop_assert_eq!(check(&token, body.as_bytes(), &secrets(&[secret])), None);
    }
}
