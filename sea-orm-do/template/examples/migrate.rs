//! What `sea-orm-do migrate` runs: it has the migrations and the entities.

fn main() -> std::process::ExitCode {
    sea_orm_do::migrate::tool::<{crate}::migrations::Migrator>({crate}::stock::register)
}
