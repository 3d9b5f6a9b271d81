//! Which functions of the shared crates run for a function of the fleet. Several functions use one shared crate, and each
//! is allowed only what it asks that crate for.
//!
//! Read from the text, by names: what a source mentions it may call. So a name that two functions have counts for both,
//! which can ask for too wide a policy but hides no call. Tests stand last in a file.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

/// What code can't be in: comments, texts and characters.
static LITERALS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r##"(?s)//[^\n]*|r#".*?"#|"(?:\\.|[^"\\])*"|'(?:\\[^\n]{1,9}?|[^'\\\n])'"##));
static WORD: LazyLock<Regex> = LazyLock::new(|| pattern("[A-Za-z_][A-Za-z0-9_]*"));
static HEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?m)^\s*(?P<pub>pub(?:\([a-z]+\))? )?(?:const |async |unsafe )*fn (?P<name>[a-z0-9_]+)")
});

/// One `fn` of a crate.
struct Function<'a> {
    /// Which of the crates.
    krate: usize,
    file: &'a str,
    name: String,
    /// By a bare `pub`: others see it.
    public: bool,
    body: &'a str,
}

/// What of shared crates can run for one that has `user` as its files: a text a file, with the file's `use` lines.
/// `crates` are the files of each.
#[must_use]
pub fn used(user: &[String], crates: &[Vec<String>]) -> Vec<String> {
    let crates: Vec<Vec<String>> = crates
        .iter()
        .map(|c| c.iter().map(|file| shipped(file)).collect())
        .collect();
    let functions: Vec<Function> = crates
        .iter()
        .enumerate()
        .flat_map(|(krate, files)| files.iter().flat_map(move |file| functions(krate, file)))
        .collect();
    let mut reached = BTreeSet::new();
    let user: String = user.iter().map(|file| shipped(file)).collect();
    let mut open = vec![(None, words(&user))];
    while let Some((from, mentioned)) = open.pop() {
        for (place, function) in functions.iter().enumerate() {
            let visible = function.public || from == Some(function.krate);
            if visible && mentioned.contains(function.name.as_str()) && reached.insert(place) {
                open.push((Some(function.krate), words(function.body)));
            }
        }
    }
    let of_file = |file: &String| {
        let bodies = reached.iter().map(|&place| &functions[place]);
        let bodies = bodies.filter(|f| std::ptr::eq(f.file, file.as_str())).map(|f| f.body);
        let imports = file.lines().filter(|line| line.starts_with("use "));
        imports.chain(bodies).collect::<Vec<_>>().join("\n")
    };
    crates.iter().flatten().map(of_file).collect()
}

/// Without tests, comments and what stands in texts, so that braces are those of code.
fn shipped(source: &str) -> String {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    LITERALS.replace_all(code, "\"\"").into_owned()
}

fn words(code: &str) -> BTreeSet<String> {
    WORD.find_iter(code).map(|word| word.as_str().to_owned()).collect()
}

fn functions(krate: usize, file: &str) -> Vec<Function<'_>> {
    HEAD.captures_iter(file)
        .map(|found| Function {
            krate,
            file,
            name: found["name"].to_owned(),
            public: found
                .name("pub")
                .is_some_and(|visibility| visibility.as_str() == "pub "),
            body: body(&file[found.get_match().end()..]),
        })
        .collect()
}

/// From behind the name to the brace that closes the function; nothing for one that has no body.
fn body(rest: &str) -> &str {
    let (mut braces, mut brackets) = (0_usize, 0_usize);
    for (place, letter) in rest.char_indices() {
        match letter {
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets = brackets.saturating_sub(1),
            '{' => braces += 1,
            '}' if braces <= 1 => return &rest[..place],
            '}' => braces -= 1,
            ';' if braces == 0 && brackets == 0 => return "",
            _ => {}
        }
    }
    rest
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap_or_else(|e| unreachable!("a pattern of ours: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = r##"
use aws_sdk_dynamodb::Client;
impl Table {
    /// Not `record`.
    pub async fn read(&self, key: [u8; 4]) -> u8 { self.client().get_item() }
    pub async fn record(&self) -> bool { let odd = "}"; let c = '{'; self.put(odd, c, r#"}"#) }
    pub fn settle(&self) { self.client().update_item() }
    async fn put(&self) { self.client().put_item() }
    fn client(&self) {}
}
#[cfg(test)]
mod tests { fn read() { delete_item() } }
"##;

    fn of(user: &str) -> String {
        used(
            &[user.to_owned()],
            &[
                vec![TABLE.to_owned()],
                vec!["pub fn other() { table.settle(); }".to_owned()],
            ],
        )
        .join("\n")
    }

    #[test]
    fn what_is_asked_for_is_used_and_what_it_needs_within_its_crate() {
        let found = of("fn run(table: &Table) { table.record() }");
        assert!(
            found.contains("put_item") && found.contains("use aws_sdk_dynamodb"),
            "{found}"
        );
        for unused in ["get_item", "update_item", "delete_item"] {
            assert!(!found.contains(unused), "{unused} in {found}");
        }
    }

    #[test]
    fn another_crate_reaches_what_is_public_and_nothing_else() {
        assert!(of("other()").contains("update_item"));
        let private = of("put()");
        assert!(!private.contains("put_item"), "{private}");
    }

    #[test]
    fn every_file_asks_also_behind_one_with_tests() {
        let files = ["#[cfg(test)]\nmod tests {}", "fn run() { table.read() }"].map(ToOwned::to_owned);
        assert!(used(&files, &[vec![TABLE.to_owned()]]).join("").contains("get_item"));
    }

    #[test]
    fn a_comment_or_a_test_asks_for_nothing() {
        let found = of("// read\nfn run() {}\n#[cfg(test)] mod tests { fn f() { read() } }");
        assert!(!found.contains("_item"), "{found}");
    }
}
