//! The statements that a handle has seen, each with its plan.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::sea_query::ArrayType;
use sea_orm::{DbErr, Value};

use crate::dialect::bind::parameter_type;
use crate::dialect::plan::Plan;

/// More statements than a program has; a bound for those that write values into the text.
const MOST: usize = 500;

/// Plans by the SQL text and the types of its parameters.
#[derive(Debug, Default)]
pub(crate) struct Plans {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    generation: u64,
    /// By the SQL text; most texts have parameters of one kind only.
    plans: HashMap<String, Vec<Typed>>,
}

/// A plan and the types of the parameters that it is for.
type Typed = (Vec<ArrayType>, Arc<Plan>);

impl Plans {
    /// The plan of a statement, made on first use and again when the `generation` of the schema is another.
    pub(crate) fn get(
        &self,
        sql: &str,
        values: &[Value],
        generation: u64,
        make: impl FnOnce(&[ArrayType]) -> Result<Plan, DbErr>,
    ) -> Result<Arc<Plan>, DbErr> {
        let types = parameter_types(values)?;
        {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            if known.generation != generation || known.plans.len() > MOST {
                *known = Known { generation, ..Known::default() };
            }
            let plans = known.plans.get(sql).into_iter().flatten();
            if let Some((_, plan)) = plans.into_iter().find(|(known, _)| *known == types) {
                return Ok(plan.clone());
            }
        }
        let plan = Arc::new(make(&types)?);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.plans.entry(sql.to_owned()).or_default().push((types, plan.clone()));
        Ok(plan)
    }
}

/// # Errors
/// `DbErr::Type` for a value that cannot be bound, naming its position.
pub(crate) fn parameter_types(values: &[Value]) -> Result<Vec<ArrayType>, DbErr> {
    let named = |(at, value)| parameter_type(value).map_err(|why| DbErr::Type(format!("parameter {}: {why}", at + 1)));
    values.iter().enumerate().map(named).collect()
}
