//! The table of types.
//!
//! `char` is not in it: SeaORM binds one, but reads none (sea-orm-2.0.4/src/executor/query.rs has no `TryGetable` for it).
//! Nor are a `Vec`, a `HashMap` or a `BTreeMap` of its own: those it reads as JSON, but binds as an array or not at all.

use std::marker::PhantomData;

use sea_orm::prelude::*;
use sea_orm::{EntityTrait, Related, RelationDef, SelectTwo, Set};

use super::kind::{Cells, Kind};
use super::note;
use super::samples::{calendar, numbers, own, texts};
use super::table::{Of, Table};

/// Someone who wants to see every entity.
pub trait Visitor {
    #[must_use]
    fn visit<K: Kind>(self) -> Self;
}

/// Every table, as a connection of type `C` sees it.
#[must_use]
pub fn tables<C: ConnectionTrait>() -> Vec<Box<dyn Table<C>>> {
    struct Tables<C>(Vec<Box<dyn Table<C>>>);
    impl<C: ConnectionTrait> Visitor for Tables<C> {
        fn visit<K: Kind>(mut self) -> Self {
            self.0.push(Box::new(Of::<K>(PhantomData)));
            self
        }
    }
    every_kind(Tables(Vec::new())).0
}

/// `module "table" [type] = samples;`, with how a value is shown where `Debug` does not tell values apart as they should be,
/// and with what SeaORM is told about the column where it is told something.
macro_rules! kinds {
    ($($module:ident $table:literal [$($ty:tt)+] = $samples:expr, $show:expr $(, $attribute:meta)?;)+) => {
        $(
            pub mod $module {
                #[allow(unused_imports, reason = "of the types that an application makes, each module needs one at most")]
                use super::super::types::*;
                use sea_orm::entity::prelude::*;

                #[derive(Clone, Debug, DeriveEntityModel)]
                #[sea_orm(table_name = $table)]
                pub struct Model {
                    #[sea_orm(primary_key, auto_increment = false)]
                    pub id: i32,
                    $(#[$attribute])?
                    pub value: $($ty)+,
                    $(#[$attribute])?
                    pub maybe: Option<$($ty)+>,
                }

                #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
                pub enum Relation {}

                impl ActiveModelBehavior for ActiveModel {}

                #[derive(DerivePartialModel)]
                #[sea_orm(entity = "Entity")]
                pub struct Part {
                    pub maybe: Option<$($ty)+>,
                    pub value: $($ty)+,
                    pub id: i32,
                }

                pub(super) type Type = $($ty)+;
            }

            impl Related<$module::Entity> for note::Entity {
                fn to() -> RelationDef {
                    let to = note::Entity::belongs_to($module::Entity);
                    to.from(note::Column::About).to($module::Column::Id).into()
                }
            }

            impl Kind for $module::Entity {
                type Type = $module::Type;
                type Part = $module::Part;

                const NAME: &'static str = $table;
                const MATRIX: &'static str = concat!("matrix::", $table);
                const MISFITS: &'static str = concat!("misfits::", $table);
                const ID: Self::Column = $module::Column::Id;
                const VALUE: Self::Column = $module::Column::Value;
                const MAYBE: Self::Column = $module::Column::Maybe;

                fn samples() -> Vec<Self::Type> {
                    $samples
                }

                fn show(value: &Self::Type) -> String {
                    $show(value)
                }

                fn active(Cells { id, value, maybe }: Cells<Self::Type>) -> Self::ActiveModel {
                    $module::ActiveModel { id: Set(id), value: Set(value), maybe: Set(maybe) }
                }

                fn cells($module::Model { id, value, maybe }: Self::Model) -> Cells<Self::Type> {
                    Cells { id, value, maybe }
                }

                fn cells_of_part($module::Part { id, value, maybe }: Self::Part) -> Cells<Self::Type> {
                    Cells { id, value, maybe }
                }

                fn of_notes() -> SelectTwo<note::Entity, Self> {
                    note::Entity::find().find_also_related(Self)
                }
            }
        )+

        /// Shows the visitor every entity.
        #[must_use]
        pub fn every_kind<V: Visitor>(visitor: V) -> V {
            visitor$(.visit::<$module::Entity>())+
        }
    };
}

fn debug(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}")
}

/// The digits behind the point that a REAL does not keep are zeros.
fn decimal(value: &Decimal) -> String {
    value.normalize().to_string()
}

fn big_decimal(value: &BigDecimal) -> String {
    value.normalized().to_string()
}

kinds! {
    boolean "boolean" [bool] = numbers::booleans(), debug;
    int8 "int8" [i8] = numbers::int8(), debug;
    int16 "int16" [i16] = numbers::int16(), debug;
    int32 "int32" [i32] = numbers::int32(), debug;
    int64 "int64" [i64] = numbers::int64(), debug;
    uint8 "uint8" [u8] = numbers::uint8(), debug;
    uint16 "uint16" [u16] = numbers::uint16(), debug;
    uint32 "uint32" [u32] = numbers::uint32(), debug;
    uint64 "uint64" [u64] = numbers::uint64(), debug;
    float32 "float32" [f32] = numbers::float32(), numbers::show_float32;
    float64 "float64" [f64] = numbers::float64(), numbers::show_float64;
    infinity "infinity" [f64] = numbers::infinities(), debug;
    decimal_real "decimal" [Decimal] = numbers::decimals(), decimal;
    decimal_fraction "decimal_fraction" [Decimal] = numbers::fractions(), decimal, sea_orm(column_type = "Decimal(Some((16, 4)))");
    decimal_text "decimal_text" [Decimal] = numbers::decimals_in_text(), debug, sea_orm(column_type = "Text");
    big_decimal_real "big_decimal" [BigDecimal] = numbers::decimals(), big_decimal;
    big_decimal_fraction "big_decimal_fraction" [BigDecimal] = numbers::fractions(), big_decimal;
    string "string" [String] = texts::strings(), debug;
    bytes "bytes" [Vec<u8>] = texts::bytes(), debug;
    json "json" [Json] = texts::documents(), debug;
    json_struct "json_struct" [Profile] = own::profiles(), debug;
    json_list "json_list" [Profiles] = own::lists(), debug, sea_orm(column_type = "JsonBinary");
    uuid "uuid" [Uuid] = texts::uuids(), debug;
    uuid_braced "uuid_braced" [uuid::fmt::Braced] = texts::uuids_as(), debug;
    uuid_hyphenated "uuid_hyphenated" [uuid::fmt::Hyphenated] = texts::uuids_as(), debug;
    uuid_simple "uuid_simple" [uuid::fmt::Simple] = texts::uuids_as(), debug;
    uuid_urn "uuid_urn" [uuid::fmt::Urn] = texts::uuids_as(), debug;
    uuid_text "uuid_text" [TextUuid] = texts::text_uuids(), debug;
    chrono_date "chrono_date" [ChronoDate] = calendar::chrono_dates(), debug;
    chrono_time "chrono_time" [ChronoTime] = calendar::chrono_times(), calendar::show_moment;
    chrono_datetime "chrono_datetime" [ChronoDateTime] = calendar::chrono_datetimes(), calendar::show_moment;
    chrono_utc "chrono_utc" [ChronoDateTimeUtc] = calendar::chrono_utc(), calendar::show_moment;
    chrono_local "chrono_local" [ChronoDateTimeLocal] = calendar::chrono_local(), calendar::show_local;
    chrono_zoned "chrono_zoned" [ChronoDateTimeWithTimeZone] = calendar::chrono_zoned(), calendar::show_moment;
    chrono_seconds "chrono_seconds" [ChronoUnixTimestamp] = calendar::chrono_seconds(), debug;
    chrono_milliseconds "chrono_milliseconds" [ChronoUnixTimestampMillis] = calendar::chrono_milliseconds(), debug;
    time_date "time_date" [TimeDate] = calendar::time_dates(), debug;
    time_time "time_time" [TimeTime] = calendar::time_times(), debug;
    time_datetime "time_datetime" [TimeDateTime] = calendar::time_datetimes(), debug;
    time_zoned "time_zoned" [TimeDateTimeWithTimeZone] = calendar::time_zoned(), debug;
    time_seconds "time_seconds" [TimeUnixTimestamp] = calendar::time_seconds(), debug;
    time_milliseconds "time_milliseconds" [TimeUnixTimestampMillis] = calendar::time_milliseconds(), debug;
    enum_text "enum_of_text" [Size] = own::sizes(), debug;
    enum_integer "enum_of_integers" [Level] = own::levels(), debug;
    enum_database "enum_of_the_database" [Tea] = own::teas(), debug;
    newtype_integer "newtype_of_an_integer" [Count] = own::counts(), debug;
    newtype_text "newtype_of_text" [Name] = own::names(), debug;
    newtype_as_text "newtype_stored_as_text" [Version] = own::versions(), debug;
}
