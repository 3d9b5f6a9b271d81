//! Names of a million branches, and of any text.

#![allow(clippy::unwrap_used, reason = "a test ends where its own assumption is wrong")]

use std::collections::HashSet;
use std::thread;

use branch_build::{Environment, Purpose, encoded};
use proptest::prelude::*;

const PREFIXES: [&str; 3] = ["a1", "app", "abcdefghijklmnopqrs0"];
const REFS: usize = 1_000_000;
const ENDING: usize = 5;

/// Sixteen letters each, which no two have in common: what a name ends with tells which number it has.
const ALPHABETS: [&str; 8] = [
    "abcdefghijklmnop",
    "ABCDEFGHIJKLMNOP",
    "0123456789qrstuv",
    // Of a slug, all of these make one hyphen.
    "-_.+=,;!$%&'()#@",
    "`\"|<>{}]£€¥§°·¿¡",
    "éèêëàâäîïôöùûüçñ",
    "веткаинмшщыёюяжц",
    "🐠🐟🐡🦈🐙🦀🦐🦑🐚🪸👩🏽🎣🌊⚓漢",
];

/// A small generator with a seed (<https://prng.di.unimi.it/splitmix64.c>).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((bits ^ bits >> 31) >> 32).unwrap()
    }
}

/// The reference number `number`: some of anything, then the number in the letters of one alphabet.
fn reference(number: usize, numbers: &mut Numbers, alphabets: &[Vec<char>]) -> String {
    let mut reference = String::new();
    for _ in 0..numbers.next() % 12 {
        let random = numbers.next();
        match random % 11 {
            0 if !reference.is_empty() && !reference.ends_with('/') => reference.push('/'),
            1 => {
                reference.push_str(["$(touch pwned)", "${IFS}", "&&", "!Ref x", "#{a.b}", "feature/"][random / 11 % 6]);
            }
            _ => reference.push(alphabets[random / 11 % 8][random / 88 % 16]),
        }
    }
    let letters = &alphabets[numbers.next() % 8];
    reference.extend((0..ENDING).map(|place| letters[number >> (4 * place) & 15]));
    reference
}

/// What AWS lets be a name: of a project 2 to 150 letters, of a stack 128, of a pipeline 100, of a role's session 64; all of
/// them take these letters (<https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html>,
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html>,
/// <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineDeclaration.html>).
fn is_legal(name: &str) -> bool {
    let letters = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
    name.len() <= 58
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && !name.ends_with('-')
        && !name.contains("--")
        && name.bytes().all(letters)
}

#[track_caller]
fn check_whole(prefix: &str, branch: &str, environment: &Environment) {
    for purpose in [Purpose::Create, Purpose::Destroy] {
        let project = environment.project(purpose);
        assert!(project.len() <= 66, "{project}");
        let back = Environment::of_project(prefix, &project);
        assert_eq!(back, Some((environment.clone(), purpose)), "{branch}");
    }
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
    let is_safe = |letter: u8| letter.is_ascii_alphanumeric() || b"/-.".contains(&letter);
    for key in [environment.source_key(), environment.age_key()] {
        assert!(key.len() <= 128 && key.bytes().all(is_safe), "{key}");
        assert!(key.contains(environment.name()), "{key}");
    }
    let tag = encoded(branch);
    let is_in_a_tag = |letter: char| letter.is_ascii_alphanumeric() || "_.:/=+-@".contains(letter);
    assert!(tag.len() <= 255 && tag.chars().all(is_in_a_tag), "{tag}");
}

/// The hashes in the names of some of the million, which have to be different if the names have to.
fn names(first: usize, last: usize) -> Vec<[u8; 12]> {
    let alphabets: Vec<Vec<char>> = ALPHABETS.iter().map(|letters| letters.chars().collect()).collect();
    let mut numbers = Numbers(u64::try_from(first).unwrap());
    let name = |number: usize| {
        let branch = reference(number, &mut numbers, &alphabets);
        let prefix = PREFIXES[number % PREFIXES.len()];
        let environment = Environment::of(prefix, "shop", &branch);
        let name = environment.name();
        assert!(is_legal(name), "{branch}: {name}");
        if number.is_multiple_of(100) {
            check_whole(prefix, &branch, &environment);
        }
        name.as_bytes()[name.len() - 12..].try_into().unwrap()
    };
    (first..last).map(name).collect()
}

#[test]
fn a_million_branches_have_a_million_legal_names() {
    let quarters = [0, 1, 2, 3].map(|quarter| {
        let (first, last) = (quarter * REFS / 4, (quarter + 1) * REFS / 4);
        thread::spawn(move || names(first, last))
    });
    let mut hashes = HashSet::with_capacity(REFS);
    for quarter in quarters {
        hashes.extend(quarter.join().unwrap());
    }
    assert_eq!(hashes.len(), REFS);
}

#[test]
fn the_million_branches_are_a_million() {
    let alphabets: HashSet<char> = ALPHABETS.iter().flat_map(|letters| letters.chars()).collect();
    assert_eq!(alphabets.len(), ALPHABETS.len() * 16);
    const { assert!(REFS <= 1 << (4 * ENDING)) };
}

proptest! {
    #[test]
    fn any_two_texts_have_two_names(one in any::<String>(), other in any::<String>()) {
        let name = |branch: &str| Environment::of("app", "shop", branch);
        prop_assert!(is_legal(name(&one).name()));
        prop_assert_eq!(one == other, name(&one) == name(&other));
        check_whole("app", &one, &name(&one));
    }

    #[test]
    fn texts_that_look_alike_have_two_names(text in "[a-z]{0,3}([-/_.]|[A-Z]|🐠){1,3}", place in 0..3_usize) {
        let other = text.replacen(['-', '/', '_', '.', '🐠'], ["-", "/", "x"][place], 1).to_lowercase();
        let name = |branch: &str| Environment::of("app", "shop", branch);
        prop_assert_eq!(text == other, name(&text) == name(&other));
    }

    #[test]
    fn one_name_in_two_repositories_or_under_two_prefixes_is_two(branch in any::<String>()) {
        let name = Environment::of("app", "shop", &branch);
        prop_assert_ne!(&name, &Environment::of("app", "shops", &branch));
        prop_assert_ne!(&name, &Environment::of("apps", "shop", &branch));
    }
}
