//! The order of members against its definition: names that are made to be hard to tell apart, in objects around each
//! number of members from which on they are sorted in another way, inside of each other and spelled in any way.

use samebyte::Code;
use samebyte::jcs::{Options, Writer, canonicalize};

/// A value, its members in the order of the input.
enum Tree {
    Number(usize),
    Array(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

fn next(seed: &mut u64, below: usize) -> usize {
    *seed = seed.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
    usize::try_from(*seed >> 33).expect("31 bits") % below
}

/// RFC 8785 as it is written.
fn canonical(tree: &Tree, out: &mut String) {
    match tree {
        Tree::Number(number) => out.push_str(&number.to_string()),
        Tree::Array(elements) => {
            out.push('[');
            for (index, element) in elements.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { "," });
                canonical(element, out);
            }
            out.push(']');
        }
        Tree::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_cached_key(|(name, _)| name.encode_utf16().collect::<Vec<_>>());
            out.push('{');
            for (index, (name, value)) in members.into_iter().enumerate() {
                out.push_str(if index == 0 { "" } else { "," });
                out.push('"');
                for character in name.chars() {
                    match character {
                        '"' => out.push_str("\\\""),
                        '\\' => out.push_str("\\\\"),
                        '\n' => out.push_str("\\n"),
                        '\0' | '\u{1}' => out.push_str(&format!("\\u{:04x}", u32::from(character))),
                        _ => out.push(character),
                    }
                }
                out.push_str("\":");
                canonical(value, out);
            }
            out.push('}');
        }
    }
}

/// As it could come: white space, and escapes where they must be or may be. `starts` are those of the members of the
/// outermost object.
fn spelled(tree: &Tree, seed: &mut u64, out: &mut String, starts: &mut Vec<usize>, depth: usize) {
    match tree {
        Tree::Number(number) => out.push_str(&number.to_string()),
        Tree::Array(elements) => {
            out.push('[');
            for (index, element) in elements.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { "," });
                spelled(element, seed, out, starts, depth + 1);
            }
            out.push(']');
        }
        Tree::Object(members) => {
            out.push('{');
            for (index, (name, value)) in members.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { "," });
                out.push_str(&"          "[next(seed, 20).min(10)..]);
                if depth == 0 {
                    starts.push(out.len());
                }
                out.push('"');
                let all = next(seed, 8) == 0;
                for character in name.chars() {
                    if all || character < ' ' || matches!(character, '"' | '\\') {
                        for unit in character.encode_utf16(&mut [0; 2]) {
                            out.push_str(&format!("\\u{unit:04X}"));
                        }
                    } else {
                        out.push(character);
                    }
                }
                out.push_str("\":");
                spelled(value, seed, out, starts, depth + 1);
            }
            out.push('}');
        }
    }
}

fn tell(tree: &Tree, writer: &mut Writer) -> samebyte::Result<()> {
    match tree {
        Tree::Number(number) => writer.unsigned(*number as u64),
        Tree::Array(elements) => {
            writer.begin_array()?;
            elements.iter().try_for_each(|element| tell(element, writer))?;
            writer.end_array()
        }
        Tree::Object(members) => {
            writer.begin_object()?;
            for (name, value) in members {
                writer.key(name)?;
                tell(value, writer)?;
            }
            writer.end_object()
        }
    }
}

/// `count` names of a kind, each another, in random order.
fn names(kind: usize, count: usize, seed: &mut u64) -> Vec<String> {
    /// What UTF-8 and UTF-16 order in two ways, escapes, and what stands around them.
    const HARD: [char; 16] = [
        '\0',
        '\u{1}',
        '\n',
        '"',
        '\\',
        'a',
        '\u{7f}',
        '\u{80}',
        '\u{7ff}',
        '\u{800}',
        '\u{d7ff}',
        '\u{e000}',
        '\u{ffff}',
        '\u{10000}',
        '\u{fffff}',
        '\u{10ffff}',
    ];
    // Sixteen letters as digits: lower digits first, so that names differ where they start, or last.
    let hard = |mut number: usize| {
        let mut text = String::new();
        while number > 0 {
            text.push(HARD[number % HARD.len()]);
            number /= HARD.len();
        }
        text
    };
    let mut names: Vec<String> = (0..count)
        .map(|index| match kind {
            // Whatever the letters are; the empty name is the first.
            0 => hard(index),
            1 => hard(index).chars().rev().collect(),
            // Nothing differs in the first eight bytes, or sixteen.
            2 => format!("the same{index:x}"),
            3 => format!("the same and same{}", hard(index)),
            // All but one are in one of many runs, and most are the same word but for bits that the index takes.
            4 if index == 0 => "\u{ffff}".to_owned(),
            4 => format!("abc{index:06}"),
            // Names that start others, with ends that look like what fills up a short name.
            5 => format!("{:x}{}", index / 16, "\0".repeat(index % 16)),
            // In order but for the last.
            6 if index + 1 == count => String::new(),
            _ => format!("{index:09}"),
        })
        .collect();
    if kind != 6 {
        for index in (1..count).rev() {
            names.swap(index, next(seed, index + 1));
        }
    }
    names
}

fn object(kind: usize, count: usize, seed: &mut u64) -> Tree {
    Tree::Object(
        names(kind, count, seed)
            .into_iter()
            .zip(0..)
            .map(|(name, index)| (name, Tree::Number(index)))
            .collect(),
    )
}

#[test]
fn as_defined() {
    let mut seed = 5;
    let small = [1, 2, 3, 31, 32, 33].into_iter().flat_map(|count| (0..7).map(move |kind| (kind, count)));
    let middle = (0..7).map(|kind| (kind, 4_095 + kind % 2));
    // What is slow where nothing is optimized is tried with the kinds that say most.
    let large = [(1, 32_767), (0, 32_768), (4, 32_768), (3, 32_769), (6, 32_769)];
    for (kind, count) in small.chain(middle).chain(large) {
        let mut tree = object(kind, count, &mut seed);
        let Tree::Object(members) = &mut tree else { unreachable!("made as one") };
        // Here and there a value is an object again, sometimes one with many members, alone or in an array.
        for round in 0..6.min(count) {
            let at = next(&mut seed, count);
            let small = [1, 2, 5, 32, 40][next(&mut seed, 5)];
            let inner_kind = next(&mut seed, 7);
            let mut inner = object(inner_kind, if round == 0 { count / 8 + 1 } else { small }, &mut seed);
            if let Tree::Object(members) = &mut inner {
                let place = next(&mut seed, members.len());
                members[place].1 = Tree::Array(vec![object(0, 3, &mut seed), object(5, small, &mut seed)]);
            }
            members[at].1 = if round % 2 == 0 { inner } else { Tree::Array(vec![Tree::Number(0), inner]) };
        }

        let (mut text, mut expected, mut starts) = (String::new(), String::new(), Vec::new());
        spelled(&tree, &mut seed, &mut text, &mut starts, 0);
        canonical(&tree, &mut expected);
        let options = Options::default();
        assert!(
            canonicalize(text.as_bytes(), &options).expect("JSON") == expected.as_bytes(),
            "kind {kind}, {count} members"
        );
        let mut writer = Writer::new(&options);
        tell(&tree, &mut writer).expect("a value");
        assert!(
            writer.finish().expect("complete") == expected.as_bytes(),
            "kind {kind}, {count} members told"
        );

        // Two names come again, and the first time that one does is told.
        let Tree::Object(members) = &mut tree else { unreachable!("made as one") };
        for _ in 0..2 {
            let again = next(&mut seed, members.len());
            let place = again + 1 + next(&mut seed, members.len() - again);
            members.insert(place, (members[again].0.clone(), Tree::Number(0)));
        }
        let mut before = std::collections::HashSet::new();
        let repeated = members.iter().position(|(name, _)| !before.insert(name)).expect("one was inserted");
        let mut text = String::new();
        starts.clear();
        spelled(&tree, &mut seed, &mut text, &mut starts, 0);
        let error = canonicalize(text.as_bytes(), &options).expect_err("a name is repeated");
        assert_eq!(error.code(), Code::DuplicateMember);
        let detail = error.detail_json().expect("an offset");
        assert!(
            detail.starts_with(&format!(r#"{{"offset":{},"#, starts[repeated])),
            "kind {kind}, {count}: {detail}"
        );
        let error = tell(&tree, &mut Writer::new(&options)).expect_err("a name is repeated");
        assert_eq!(error.code(), Code::DuplicateMember);
    }
}
