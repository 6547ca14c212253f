//! An application's own types.

use super::{numbers, texts};
use crate::matrix::types::{Count, Level, Name, Profile, Profiles, Size, Tea, Version};

pub fn profiles() -> Vec<Profile> {
    let empty = Profile { name: String::new(), age: None, weight: 0.0, tags: vec![] };
    let full = Profile {
        name: "it's \"Ursula\" ☃".to_owned(),
        age: Some(u64::MAX),
        weight: texts::MISREAD,
        tags: vec![String::new(), "a".to_owned()],
    };
    // By their first member in the text, "age":18… before "age":null.
    vec![full, empty]
}

pub fn lists() -> Vec<Profiles> {
    // '[' 0x5B, ']' 0x5D and '{' 0x7B decide.
    vec![Profiles(vec![]), Profiles(profiles())]
}

pub fn sizes() -> Vec<Size> {
    vec![Size::Large, Size::Small]
}

pub fn levels() -> Vec<Level> {
    vec![Level::Below, Level::Ground, Level::Top]
}

pub fn teas() -> Vec<Tea> {
    vec![Tea::Afternoon, Tea::Breakfast]
}

pub fn counts() -> Vec<Count> {
    numbers::int64().into_iter().map(Count).collect()
}

pub fn names() -> Vec<Name> {
    texts::strings().into_iter().map(Name).collect()
}

pub fn versions() -> Vec<Version> {
    [(0, 0), (1, 2), (10, 0), (u32::MAX, u32::MAX)].map(|(major, minor)| Version { major, minor }).into()
}
