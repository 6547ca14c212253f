//! Types of an application's own, as SeaORM's derives make them.

use std::fmt::{Display, Formatter};
use std::str::FromStr;

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::ValueTypeErr;
use serde::{Deserialize, Serialize};

/// A document.
#[derive(Clone, Debug, Deserialize, FromJsonQueryResult, PartialEq, Serialize)]
pub struct Profile {
    pub name: String,
    pub age: Option<u64>,
    pub weight: f64,
    pub tags: Vec<String>,
}

/// A document that is a list.
#[derive(Clone, Debug, Deserialize, FromJsonQueryResult, PartialEq, Serialize)]
pub struct Profiles(pub Vec<Profile>);

#[derive(Clone, Debug, DeriveActiveEnum, EnumIter, PartialEq)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(1))")]
pub enum Size {
    #[sea_orm(string_value = "L")]
    Large,
    #[sea_orm(string_value = "S")]
    Small,
}

#[derive(Clone, Debug, DeriveActiveEnum, EnumIter, PartialEq)]
#[sea_orm(rs_type = "i32", db_type = "Integer")]
pub enum Level {
    #[sea_orm(num_value = -1)]
    Below,
    #[sea_orm(num_value = 0)]
    Ground,
    #[sea_orm(num_value = 2_147_483_647)]
    Top,
}

/// An enum of the database's own, which SQLite stores as text.
#[derive(Clone, Debug, DeriveActiveEnum, DeriveDisplay, EnumIter, PartialEq)]
#[sea_orm(rs_type = "Enum", db_type = "Enum", enum_name = "tea")]
pub enum Tea {
    #[sea_orm(string_value = "AfternoonTea")]
    Afternoon,
    #[sea_orm(string_value = "BreakfastTea")]
    Breakfast,
}

#[derive(Clone, Debug, DeriveValueType, PartialEq)]
pub struct Count(pub i64);

#[derive(Clone, Debug, DeriveValueType, PartialEq)]
pub struct Name(pub String);

/// Stored as text, whatever it is.
#[derive(Clone, Debug, DeriveValueType, PartialEq)]
#[sea_orm(value_type = "String")]
pub struct Version {
    pub major: u32,
    pub minor: u32,
}

impl Display for Version {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for Version {
    type Err = ValueTypeErr;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (major, minor) = text.split_once('.').ok_or(ValueTypeErr)?;
        let number = |digits: &str| digits.parse().map_err(|_| ValueTypeErr);
        Ok(Self { major: number(major)?, minor: number(minor)? })
    }
}
