//! What AWS's names look like. Whether there is what they name is for AWS to say.

/// `us-east-1`, `us-gov-west-1`, `eusc-de-east-1`: two letters or more, words, a number.
pub(super) fn is_region(name: &str) -> bool {
    let letters = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let parts: Vec<&str> = name.split('-').collect();
    let [place, words @ .., number] = &parts[..] else {
        return false;
    };
    name.len() <= 25
        && (2..=4).contains(&place.len())
        && letters(place)
        && (1..=3).contains(&words.len())
        && words.iter().all(|word| letters(word))
        && (1..=2).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// <https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html>
pub(super) fn is_organization(id: &str) -> bool {
    id.strip_prefix("o-")
        .is_some_and(|rest| (10..=32).contains(&rest.len()) && made_of(rest, is_small, b""))
}

pub(super) fn is_layer_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && made_of(name, |byte| byte.is_ascii_alphanumeric(), b"-_")
}

pub(super) fn is_runtime(name: &str) -> bool {
    !name.is_empty() && made_of(name, is_small, b".-")
}

pub(super) fn is_account(id: &str) -> bool {
    id.len() == 12 && made_of(id, |byte| byte.is_ascii_digit(), b"")
}

/// What stands between two slashes of a parameter's name.
pub(super) fn is_parameter_part(part: &str) -> bool {
    !part.is_empty() && made_of(part, |byte| byte.is_ascii_alphanumeric(), b"_.-")
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
pub(super) fn is_bucket(name: &str) -> bool {
    let ends = [name.bytes().next(), name.bytes().last()];
    (3..=63).contains(&name.len()) && made_of(name, is_small, b".-") && ends.iter().all(|end| end.is_some_and(is_small))
}

fn is_small(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

fn made_of(text: &str, letter: impl Fn(u8) -> bool, others: &[u8]) -> bool {
    text.bytes().all(|byte| letter(byte) || others.contains(&byte))
}
