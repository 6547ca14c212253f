//! A handle's cache of plans.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use sea_orm::sea_query::ArrayType;
use sea_orm::{DbErr, Value};
use sea_orm_do_typed::scope::Reading;

use super::plan::Plan;
use crate::lock::lock;
use crate::value::types::parameter_type;

/// The most bytes that one half of the cache may take: a few hundred plans of a usual program. The whole cache never
/// takes more than twice as much.
const HALF: usize = 1024 * 1024;

/// The cached plans, by SQL text, parameter types and what the call reads.
#[derive(Debug, Default)]
pub(crate) struct Plans {
    known: Mutex<Known>,
    /// Those of the remote connections that this handle answers.
    #[cfg(feature = "remote")]
    pub(crate) of_profiles: Mutex<crate::remote::Profiles>,
}

/// The plans in two halves. When the young half is full, it replaces the old one, whose plans are evicted. A plan that
/// is found in the old half is copied into the young one.
#[derive(Debug, Default)]
struct Known {
    generation: u64,
    young: Half,
    old: Half,
}

#[derive(Debug, Default)]
struct Half {
    /// By SQL text; most texts are only run with one list of parameter types.
    plans: HashMap<String, Vec<CachedPlan>>,
    bytes: usize,
}

/// The parameter types that a plan is for, what the call reads, and the plan.
type CachedPlan = (Vec<ArrayType>, Option<Reading>, Arc<Plan>);

impl Plans {
    /// Returns the plan of a statement, made on first use and again after the schema's `generation` has changed.
    pub(crate) fn get(
        &self,
        sql: &str,
        values: &[Value],
        reading: Option<&Reading>,
        generation: u64,
        make: impl FnOnce(&[ArrayType]) -> Result<Plan, DbErr>,
    ) -> Result<Arc<Plan>, DbErr> {
        {
            let mut known = lock(&self.known);
            if known.generation != generation {
                *known = Known { generation, ..Known::default() };
            }
            if let Some((_, _, plan)) = known.young.find(sql, values, reading) {
                return Ok(plan.clone());
            }
            if let Some((types, of, plan)) = known.old.find(sql, values, reading).cloned() {
                known.keep(sql, types, of, plan.clone());
                return Ok(plan);
            }
        }
        let types = parameter_types(values)?;
        let plan = Arc::new(make(&types)?);
        if !plan.lacks_table {
            lock(&self.known).keep(sql, types, reading.cloned(), plan.clone());
        }
        Ok(plan)
    }
}

impl Known {
    fn keep(&mut self, sql: &str, types: Vec<ArrayType>, reading: Option<Reading>, plan: Arc<Plan>) {
        let parts = types.len() * size_of::<ArrayType>() + 2 * plan.read.bytes();
        let bytes = sql.len() + size_of::<CachedPlan>() + parts + plan.bytes();
        if bytes > HALF {
            return;
        }
        if self.young.bytes + bytes > HALF {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.plans.entry(sql.to_owned()).or_default().push((types, reading, plan));
        self.young.bytes += bytes;
    }
}

impl Half {
    fn find(&self, sql: &str, values: &[Value], reading: Option<&Reading>) -> Option<&CachedPlan> {
        let fits = |(types, of, _): &&CachedPlan| {
            types.len() == values.len()
                && of.as_ref() == reading
                && types
                    .iter()
                    .zip(values)
                    .all(|(ty, value)| parameter_type(value).is_ok_and(|of_value| of_value == *ty))
        };
        self.plans.get(sql)?.iter().find(fits)
    }
}

/// # Errors
/// `DbErr::Type` for a value that cannot be bound, naming its position.
pub(crate) fn parameter_types(values: &[Value]) -> Result<Vec<ArrayType>, DbErr> {
    let named = |(at, value)| parameter_type(value).map_err(|why| DbErr::Type(format!("parameter {}: {why}", at + 1)));
    values.iter().enumerate().map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::read_mode::Read;
    use crate::types::catalog::{Catalog, Table};
    use crate::types::registry::Registry;
    use crate::types::relations::Types;

    struct NoTables;

    impl Catalog for NoTables {
        fn table(&self, _name: &str) -> Option<Arc<Table>> {
            None
        }
    }

    fn plan(plans: &Plans, sql: &str, values: &[Value], generation: u64) -> Arc<Plan> {
        let (registry, declared) = (Registry::default(), true);
        let make = |types: &[ArrayType]| {
            Plan::new(sql, types, &NoTables, Types { registry: &registry, declared, infers: false }, Read::Json)
        };
        plans.get(sql, values, None, generation, make).unwrap()
    }

    #[test]
    fn keeps_what_is_used_and_forgets_the_rest() {
        let plans = Plans::default();
        let (used, unused) = (plan(&plans, "SELECT 'used'", &[], 0), plan(&plans, "SELECT 'unused'", &[], 0));
        let mut turns = 0;
        for other in 0.. {
            plan(&plans, &format!("SELECT {other}"), &[], 0);
            assert!(Arc::ptr_eq(&plan(&plans, "SELECT 'used'", &[], 0), &used));
            let known = plans.known.lock().unwrap();
            assert!(known.young.bytes <= HALF && known.old.bytes <= HALF);
            turns += usize::from(known.young.plans.len() <= 2);
            if turns > 3 {
                break;
            }
        }
        assert!(!Arc::ptr_eq(&plan(&plans, "SELECT 'unused'", &[], 0), &unused));
    }

    #[test]
    fn keeps_few_long_texts() {
        let plans = Plans::default();
        for other in 0..500 {
            plan(&plans, &format!("SELECT '{other} {}'", "x".repeat(50_000)), &[], 0);
        }
        let known = plans.known.lock().unwrap();
        let texts = known.young.plans.keys().chain(known.old.plans.keys());
        assert!(texts.map(String::len).sum::<usize>() < 2 * HALF);
    }

    #[test]
    fn tells_parameters_of_other_types_and_other_schemas_apart() {
        let plans = Plans::default();
        let integer = plan(&plans, "SELECT ?", &[1.into()], 0);
        let text = plan(&plans, "SELECT ?", &["a".into()], 0);
        assert!(!Arc::ptr_eq(&integer, &text));
        assert!(Arc::ptr_eq(&plan(&plans, "SELECT ?", &[2.into()], 0), &integer));
        assert!(!Arc::ptr_eq(&plan(&plans, "SELECT ?", &[2.into()], 1), &integer));
    }
}
