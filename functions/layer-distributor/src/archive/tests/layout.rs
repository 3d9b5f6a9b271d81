//! Where the runtimes look.

use super::builder::Entry;
use super::*;

fn with(runtimes: &[&str], files: &[&str]) -> Result<Checked, String> {
    let bytes = Zip::of(files.iter().map(|name| Entry::stored(name, b""))).bytes();
    let runtimes: Vec<String> = runtimes.iter().map(|name| (*name).to_owned()).collect();
    inspect(&bytes.as_slice(), bytes.len() as u64, &LIMITS, &runtimes).map_err(|error| words(&error))
}

#[test]
fn a_runtime_finds_something_where_it_looks() {
    let good: [(&[&str], &[&str]); 16] = [
        (&[], &["anything"]),
        (&["provided.al2023"], &["anything"]),
        (&["provided.al2", "provided"], &["etc/x"]),
        (&["dotnet8"], &["dotnetcore/store/x"]),
        (&["python3.13"], &["python/requests/__init__.py"]),
        (&["python3.13"], &["./python/a.py", "README.md"]),
        (&["python3.13", "python3.12"], &["python/a.py"]),
        (&["python3.13"], &["python/lib/python3.13/site-packages/a.py"]),
        (&["python3.13"], &["python/lib/a.py"]),
        (&["nodejs22.x"], &["nodejs/node_modules/a/index.js"]),
        (&["nodejs22.x"], &["nodejs/node22/node_modules/a/index.js"]),
        (&["ruby3.4"], &["ruby/gems/3.4.0/gems/a.rb"]),
        (&["ruby3.4"], &["ruby/lib/a.rb"]),
        (&["java21", "java8.al2"], &["java/lib/a.jar"]),
        (&["python3.13", "nodejs22.x"], &["bin/jq"]),
        (&["python3.13"], &["extensions/agent"]),
    ];
    for (runtimes, files) in good {
        assert!(with(runtimes, files).is_ok(), "{runtimes:?} {files:?}");
    }
    let bad: [(&[&str], &[&str], &str); 9] = [
        (&["python3.13"], &["requests/__init__.py", "boto3/a.py"], "python3.13"),
        (&["python3.13"], &["python"], "python3.13"),
        (
            &["python3.13", "python3.12"],
            &["python/lib/python3.12/site-packages/a.py"],
            "python3.13",
        ),
        (&["nodejs22.x"], &["nodejs/a.js"], "nodejs22.x"),
        (&["nodejs22.x"], &["node_modules/a/index.js"], "nodejs22.x"),
        (
            &["nodejs22.x"],
            &["nodejs/node20/node_modules/a/index.js"],
            "nodejs22.x",
        ),
        (&["ruby3.4"], &["ruby/gems/3.3.0/gems/a.rb"], "ruby3.4"),
        (&["java21"], &["java/a.jar"], "java21"),
        (
            &["nodejs22.x", "python3.13"],
            &["nodejs/node_modules/a.js"],
            "python3.13",
        ),
    ];
    for (runtimes, files, missing) in bad {
        let error = with(runtimes, files).unwrap_err();
        assert_says(&error, &format!("nothing where {missing} looks"));
    }
}

#[test]
fn folders_are_no_content_and_links_can_be() {
    let python = ["python3.13".to_owned()];
    let zip = Zip::of([Entry::folder("python/"), Entry::stored("src/a.py", b"")]).bytes();
    assert!(inspect(&zip.as_slice(), zip.len() as u64, &LIMITS, &python).is_err());
    let zip = Zip::of([Entry::link("python", "src"), Entry::stored("src/a.py", b"")]).bytes();
    assert!(inspect(&zip.as_slice(), zip.len() as u64, &LIMITS, &python).is_ok());
}

#[test]
fn what_is_there_and_what_is_looked_for_is_said() {
    let error = with(&["nodejs22.x"], &["src/a.js", "package.json", "src/b.js"]).unwrap_err();
    let expected = "the layer has nothing where nodejs22.x looks (`nodejs/node_modules/`, `nodejs/node22/node_modules/`, \
                    `bin/`, `lib/`, `extensions/`): at its top there is `package.json`, `src/`. Put the files where they \
                    are looked for, or take nodejs22.x out of `compatible_runtimes`";
    assert_eq!(error, expected);
    let names: Vec<String> = (0..30).map(|index| format!("{index:02}.js")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_says(
        &with(&["nodejs22.x"], &names).unwrap_err(),
        "`08.js`, `09.js`, more. Put",
    );
}

#[test]
fn a_folder_around_everything_is_said() {
    let error = with(&["python3.13"], &["layer/python/a.py", "layer/python/b.py"]).unwrap_err();
    assert_says(&error, "Everything lies in `layer/`: zip what is in that folder");
}

#[test]
fn a_layer_within_a_layer_is_refused_whatever_the_runtime() {
    for runtimes in [&[][..], &["provided.al2023"], &["python3.13"]] {
        let error = with(runtimes, &["layer.zip"]).unwrap_err();
        assert_says(&error, "holds nothing but another zip, `layer.zip`");
    }
    assert!(with(&[], &["layer.zip", "README.md"]).is_ok());
    assert!(with(&[], &["data/set.zip"]).is_ok());
}
