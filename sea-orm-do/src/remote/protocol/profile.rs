//! How a remote connection reads: its registered entities and settings, as they travel with each request.

use std::sync::Arc;

use sea_orm::DbErr;
use sea_orm::sea_query::ArrayType;
use sea_orm_do_typed::scope::Reading;
use sea_orm_do_typed::{Column, Columns, Keys};
use serde::{Deserialize, Serialize};

use super::error::conn_err;
use super::value::{type_of, wire_type};
use super::{Packed, decode, encode};
use crate::connection::settings::{RowForm, Settings};
use crate::statement::cache::Plans;
use crate::types::registry::{Entity, EntityColumn};

/// The settings of a connection, on top of those of the handle that answers.
#[derive(Serialize, Deserialize)]
struct Profile {
    tables: Vec<Table>,
    with_declared_types: bool,
    infers_types: bool,
    overrides: Vec<(String, u8)>,
    form: RowForm,
}

#[derive(Serialize, Deserialize)]
struct Table {
    name: String,
    /// Name, type, and the type that SeaORM casts the column to when it selects it.
    columns: Vec<(String, u8, Option<String>)>,
}

/// Encodes what differs from a new connection; empty if nothing does. The column of an entity whose type SQLite cannot
/// hold is left out, so that reading it is an error that names it.
pub(in crate::remote) fn encoded(settings: &Settings) -> Vec<u8> {
    let Settings { registry, with_declared_types, infers_types, overrides, form, read_as: _ } = settings;
    let table = |(name, entity): (&String, &Entity)| {
        let columns = entity.columns().filter_map(|(name, column)| {
            Some((name.to_owned(), wire_type(&column.ty).ok()?, column.select_as.as_deref().map(str::to_owned)))
        });
        Table { name: name.clone(), columns: columns.collect() }
    };
    let mut tables: Vec<_> = registry.iter().map(table).collect();
    tables.sort_by(|one, other| one.name.cmp(&other.name));
    let mut overrides: Vec<_> =
        overrides.iter().filter_map(|(name, ty)| Some((name.clone(), wire_type(ty).ok()?))).collect();
    overrides.sort();
    let is_new = tables.is_empty()
        && overrides.is_empty()
        && (*with_declared_types, *infers_types, *form) == (false, false, RowForm::Typed);
    if is_new {
        return Vec::new();
    }
    encode(&Profile {
        tables,
        with_declared_types: *with_declared_types,
        infers_types: *infers_types,
        overrides,
        form: *form,
    })
}

/// The most bytes of a profile: some hundreds of entities.
const BYTES: usize = 256 * 1024;

/// Adds a profile to the settings of the handle that answers.
///
/// # Errors
/// `DbErr::Type` for a type that this build does not have; `DbErr::Conn` for what is not a profile.
pub(in crate::remote) fn applied(profile: &[u8], settings: &Settings) -> Result<Settings, DbErr> {
    let mut settings = settings.clone();
    if profile.len() > BYTES {
        let length = profile.len();
        return Err(conn_err(format!(
            "the entities that the connection has registered take {length} bytes, and {BYTES} are allowed: register fewer, or \
             register them in the object"
        )));
    }
    let Profile { tables, with_declared_types, infers_types, overrides, form } = decode(profile)?;
    let type_of = |column: &str, code| type_of(code).map_err(|why| DbErr::Type(format!("column `{column}`: {why}")));
    for Table { name, columns } in tables {
        let column = |(column, code, select_as): (String, u8, Option<String>)| {
            let of_entity = EntityColumn { ty: type_of(&column, code)?, select_as: select_as.map(Into::into) };
            Ok::<_, DbErr>((column, of_entity))
        };
        let columns = columns.into_iter().map(column).collect::<Result<Vec<_>, _>>()?;
        settings.registry.insert(&name, columns);
    }
    settings.with_declared_types |= with_declared_types;
    settings.infers_types |= infers_types;
    for (column, code) in overrides {
        let ty = type_of(&column, code)?;
        settings.set_type(column, ty);
    }
    if form != RowForm::Typed {
        settings.form = form;
    }
    // What the other handle reads is not what the remote call reads.
    settings.read_as = None;
    Ok(settings)
}

/// What a call reads.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::remote) enum Asked {
    Known,
    Json,
    Names(Vec<(String, u8, bool)>),
    Positions(Vec<u8>),
}

impl Asked {
    /// # Errors
    /// `DbErr::Type` for a call that reads what SQLite cannot hold.
    pub(in crate::remote) fn encode(reading: &Reading) -> Result<Packed, DbErr> {
        Ok(Packed::of(&Self::of(reading)?))
    }

    fn of(reading: &Reading) -> Result<Self, DbErr> {
        let columns = reading.columns();
        let types = |ty: &ArrayType| wire_type(ty).map_err(DbErr::Type);
        match columns.keys().map_err(|why| DbErr::Type(why.to_owned()))? {
            Keys::Known => Ok(Self::Known),
            Keys::Json => Ok(Self::Json),
            Keys::Positions(columns) => Ok(Self::Positions(columns.iter().map(types).collect::<Result<_, _>>()?)),
            Keys::Names(columns) => {
                let column = |Column { name, ty, is_required }: &Column| Ok((name.clone(), types(ty)?, *is_required));
                Ok(Self::Names(columns.iter().map(column).collect::<Result<_, DbErr>>()?))
            }
            other => Err(DbErr::Type(format!("a remote connection cannot read {other:?}"))),
        }
    }

    /// # Errors
    /// `DbErr::Conn` for what no call reads.
    pub(in crate::remote) fn decode(packed: &Packed) -> Result<Reading, DbErr> {
        // A result has at most a hundred columns, but a call may ask for more that need not be there.
        const COLUMNS: usize = 1000;
        const BYTES: usize = 64 * 1024;
        let too_much = || conn_err("the call reads more columns than a result can have");
        if packed.len() > BYTES {
            return Err(too_much());
        }
        let mut columns = Columns::default();
        match packed.unpack()? {
            Self::Known => columns.known(),
            Self::Json => columns.json(),
            Self::Positions(types) if types.len() > COLUMNS => return Err(too_much()),
            Self::Names(names) if names.len() > COLUMNS => return Err(too_much()),
            Self::Positions(types) => types.into_iter().for_each(|code| columns.position(type_of(code))),
            Self::Names(names) => {
                names.into_iter().for_each(|(name, code, is_required)| columns.name(name, type_of(code), is_required));
            }
        }
        Ok(Reading::columns_of(columns))
    }
}

/// The settings that profiles have led to, so that a connection that asks again finds its plans.
#[derive(Debug, Default)]
pub(crate) struct Profiles(Vec<(Vec<u8>, Arc<Settings>, Arc<Plans>)>);

/// How many profiles a handle keeps: one for each program that asks.
const KEPT: usize = 8;

impl Profiles {
    /// The settings and the plans of a profile.
    ///
    /// # Errors
    /// Fails as [`applied`].
    pub(in crate::remote) fn get(
        &mut self,
        profile: &[u8],
        settings: &Settings,
    ) -> Result<(Arc<Settings>, Arc<Plans>), DbErr> {
        if let Some(at) = self.0.iter().position(|(known, ..)| known == profile) {
            let known = self.0.remove(at);
            let (_, settings, plans) = &known;
            let found = (settings.clone(), plans.clone());
            self.0.push(known);
            return Ok(found);
        }
        let made = (Arc::new(applied(profile, settings)?), Arc::default());
        if self.0.len() == KEPT {
            self.0.remove(0);
        }
        self.0.push((profile.to_owned(), made.0.clone(), Arc::clone(&made.1)));
        Ok(made)
    }
}
