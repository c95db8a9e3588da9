//! Does the test that a control names exist, and does it run?

use std::{collections::BTreeSet, fs, path::Path};

/// `path/from/the/root.rs::name`, or `path.mjs::title`.
pub fn find(root: &Path, named: &str) -> Result<(), String> {
    let (path, name) = named
        .split_once("::")
        .ok_or_else(|| format!("{named} names no test: write path::name"))?;
    let text = fs::read_to_string(root.join(path))
        .map_err(|_| format!("there is no file {path} to hold the test {name}"))?;
    let tests = if path.ends_with(".mjs") {
        in_script(&text)
    } else {
        in_rust(&text)
    };
    if tests.contains(name) {
        Ok(())
    } else {
        Err(format!(
            "{path} has no test {name} that runs: name one that does, or call the control planned"
        ))
    }
}

/// Functions under `#[test]`, and those that `on_both_databases!` makes into tests. An ignored test does not count.
pub fn in_rust(text: &str) -> BTreeSet<&str> {
    let mut tests = BTreeSet::new();
    let mut listed = BTreeSet::new();
    let mut functions = BTreeSet::new();
    let (mut marked, mut ignored, mut in_list) = (false, false, false);
    for line in text.lines().map(str::trim) {
        if in_list {
            in_list = !line.starts_with('}');
            listed.extend(
                line.split(',')
                    .map(str::trim)
                    .filter(|name| !name.is_empty()),
            );
        } else if line.starts_with("on_both_databases! {") {
            in_list = true;
        } else if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            marked = true;
        } else if line.starts_with("#[ignore") {
            ignored = true;
        } else if let Some(name) = function(line) {
            functions.insert(name);
            if marked && !ignored {
                tests.insert(name);
            }
            (marked, ignored) = (false, false);
        } else if !(line.is_empty() || line.starts_with("#[") || line.starts_with("//")) {
            (marked, ignored) = (false, false);
        }
    }
    tests.extend(listed.intersection(&functions));
    tests
}

fn function(line: &str) -> Option<&str> {
    let rest = ["fn ", "async fn ", "pub fn ", "pub async fn "]
        .iter()
        .find_map(|start| line.strip_prefix(start))?;
    let end = rest.find(['(', '<'])?;
    rest.get(..end)
}

/// Titles of `test("…", …)` at the start of a line.
pub fn in_script(text: &str) -> BTreeSet<&str> {
    text.lines()
        .filter_map(|line| {
            let rest = line.trim().strip_prefix("test(")?;
            let quote = rest
                .chars()
                .next()
                .filter(|c| ['"', '\'', '`'].contains(c))?;
            rest.get(1..)?.split_once(quote).map(|(title, _)| title)
        })
        .collect()
}

#[test]
fn tests_are_told_from_other_functions() {
    let text = r#"
        on_both_databases! {
            told_on_both,
            told_but_not_there,
        }
        fn told_on_both(world: &World) {}
        fn helper() {}
        #[test]
        /// With a word about it.
        #[should_panic]
        fn plain() {}
        #[tokio::test(flavor = "multi_thread")]
        async fn later() {}
        #[test]
        #[ignore = "slow"]
        fn ignored() {}
        // #[test]
        fn commented() {}
        #[test]
        const NOTHING: u8 = 0;
        fn after_something_else() {}
        proptest! {
            #[test]
            fn any(day in 0..3_i64) {}
        }
    "#;
    let found: Vec<&str> = in_rust(text).into_iter().collect();
    assert_eq!(found, ["any", "later", "plain", "told_on_both"]);
}

#[test]
fn titles_of_browser_tests() {
    let text = "  test(\"by keyboard alone\", async () => {\n test.skip(\"not now\", f)\n // test(\"no\", f)\n test(name, f)\n test(`two`, f)";
    let found: Vec<&str> = in_script(text).into_iter().collect();
    assert_eq!(found, ["by keyboard alone", "two"]);
}
