use std::fs;
use std::path::Path;

use fastrand::Rng;

use super::TARGETS;

/// How many mutated seeds each target gets; `SEA_ORM_DO_MUTATIONS` sets another number.
const MUTATIONS: usize = 20_000;

/// Pieces that SQL is made of, or that a lexer trips over.
const PIECES: [&str; 40] = [
    "SELECT ",
    " FROM item",
    "WITH c AS (",
    ")",
    "(",
    "'",
    "\"",
    "`",
    "[",
    "]",
    ";",
    "--",
    "\n",
    "/*",
    "*/",
    "\0",
    "\u{feff}",
    "\x0b",
    "?",
    "?7",
    ":a",
    "$1",
    "x'00'",
    "1e5",
    "0x1F",
    " UNION ALL ",
    " AS a",
    "*",
    ",",
    " RETURNING *",
    "BEGIN",
    " END",
    "CREATE TRIGGER t AFTER INSERT ON item BEGIN ",
    "COMMIT",
    "CASE WHEN 1 THEN 2 END",
    " OVER (",
    "->>",
    "||",
    "☃",
    "INSERT INTO item VALUES ",
];

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|file| fs::read(file).unwrap()).collect()
}

fn mutate(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], random: &mut Rng) {
    let at = random.usize(..=bytes.len());
    let end = (at + random.usize(..12)).min(bytes.len());
    match random.usize(..6) {
        0 => drop(bytes.drain(at..end)),
        1 => drop(bytes.splice(at..at, PIECES[random.usize(..PIECES.len())].bytes())),
        2 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = random.u8(..);
            }
        }
        3 => {
            let again = bytes[at..end].to_vec();
            bytes.splice(at..at, again);
        }
        4 => {
            let other = &seeds[random.usize(..seeds.len())];
            let from = random.usize(..=other.len());
            let until = (from + random.usize(..40)).min(other.len());
            bytes.splice(at..end, other[from..until].iter().copied());
        }
        _ => bytes.truncate(at),
    }
}

#[test]
fn every_target_keeps_its_promises_on_mutated_seeds() {
    let mutations = std::env::var("SEA_ORM_DO_MUTATIONS").map_or(MUTATIONS, |count| count.parse().unwrap());
    for (name, target) in TARGETS {
        let seeds = seeds(name);
        assert!(!seeds.is_empty(), "{name} has no seeds");
        seeds.iter().for_each(|seed| target(seed));
        let mut random = Rng::with_seed(0x5ea);
        for _ in 0..mutations {
            let mut bytes = seeds[random.usize(..seeds.len())].clone();
            for _ in 0..=random.usize(..4) {
                mutate(&mut bytes, &seeds, &mut random);
            }
            // The panic itself prints what failed, and the target's message contains the text.
            target(&bytes);
        }
    }
}
