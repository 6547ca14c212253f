//! The example over HTTP.

use libtest_mimic::Trial;

use crate::workerd::Workerd;

pub fn trials(_workerd: &Workerd, _date: &str) -> Vec<Trial> {
    Vec::new()
}
