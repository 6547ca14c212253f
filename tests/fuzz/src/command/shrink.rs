//! From a program that differs to a small one that still does: parts of its JSON are left out or replaced by simpler ones.

use sea_orm_do_shared::programs::Program;
use serde_json::Value;

/// Enough for every program so far, and an end in any case.
const TRIES: usize = 4_000;

/// The way to a part: the index of a list, or of a field in the order of the names.
type Path = Vec<usize>;

pub fn shrink(program: Program, mut differs: impl FnMut(&Program) -> bool) -> Program {
    let Ok(mut small) = serde_json::to_value(&program) else { return program };
    let mut tries = 0;
    let mut attempt = |candidate: &Value| {
        tries += 1;
        let program: Option<Program> = serde_json::from_value(candidate.clone()).ok();
        (tries <= TRIES).then(|| program.is_some_and(|program| differs(&program)))
    };
    loop {
        let before = small.clone();
        let mut paths = Vec::new();
        collect(&small, &mut Vec::new(), &mut paths);
        // What is near the root goes first.
        paths.sort_by_key(Vec::len);
        for path in paths {
            while let Some(simpler) = simpler_at(&small, &path, &mut attempt) {
                small = simpler;
            }
        }
        if small == before {
            return serde_json::from_value(small).unwrap_or(program);
        }
    }
}

/// The first simplification of a part with which the whole still differs.
fn simpler_at(whole: &Value, path: &Path, attempt: &mut impl FnMut(&Value) -> Option<bool>) -> Option<Value> {
    let part = at(whole, path)?;
    for replacement in simpler(part) {
        let mut candidate = whole.clone();
        *at_mut(&mut candidate, path)? = replacement;
        if attempt(&candidate)? {
            return Some(candidate);
        }
    }
    None
}

/// Simpler values that may stand for one.
fn simpler(part: &Value) -> Vec<Value> {
    match part {
        Value::Null => Vec::new(),
        Value::Bool(set) => {
            if *set {
                vec![Value::Bool(false)]
            } else {
                Vec::new()
            }
        }
        Value::Number(number) => match number.as_i64() {
            Some(0) => vec![],
            Some(number) => [0, 1, number / 2].into_iter().filter(|other| *other != number).map(Value::from).collect(),
            None => vec![Value::from(0)],
        },
        // Names stay what they are.
        Value::String(text) => {
            let length = text.chars().count();
            let half = || text.chars().take(length / 2).collect::<String>();
            (length > 16).then(|| Value::from(half())).into_iter().collect()
        }
        Value::Array(items) => {
            let mut shorter = Vec::new();
            let mut size = items.len();
            while size > 0 {
                for start in (0..items.len()).step_by(size) {
                    let rest = items.iter().enumerate().filter(|(at, _)| *at < start || *at >= start + size);
                    shorter.push(rest.map(|(_, item)| item.clone()).collect());
                }
                size /= 2;
            }
            shorter.into_iter().map(Value::Array).chain([Value::Null]).collect()
        }
        Value::Object(_) => {
            let mut inner = Vec::new();
            collect(part, &mut Vec::new(), &mut inner);
            let below = inner.iter().skip(1).filter_map(|path| at(part, path)).filter(|below| below.is_object());
            [Value::Null].into_iter().chain(below.cloned()).collect()
        }
    }
}

fn children(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(fields) => fields.values().collect(),
        _ => Vec::new(),
    }
}

fn collect(value: &Value, path: &mut Path, paths: &mut Vec<Path>) {
    paths.push(path.clone());
    // Without its whole order, a SELECT with a limit means nothing; without its limit, the order may go.
    let is_kept = |at: usize| match value {
        Value::Object(fields) => {
            fields.get("limit").is_some_and(|limit| !limit.is_null())
                && fields.keys().nth(at).is_some_and(|name| name == "order")
        }
        _ => false,
    };
    for (at, child) in children(value).into_iter().enumerate().filter(|(at, _)| !is_kept(*at)) {
        path.push(at);
        collect(child, path, paths);
        path.pop();
    }
}

fn at<'a>(value: &'a Value, path: &[usize]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, at| children(value).get(*at).copied())
}

fn at_mut<'a>(value: &'a mut Value, path: &[usize]) -> Option<&'a mut Value> {
    path.iter().try_fold(value, |value, at| match value {
        Value::Array(items) => items.get_mut(*at),
        Value::Object(fields) => fields.values_mut().nth(*at),
        _ => None,
    })
}
