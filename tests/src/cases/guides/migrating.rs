//! The code of docs/migrations.md on entities in migrations.
#![allow(
    elided_lifetimes_in_paths,
    reason = "async_trait compares the lifetimes with those of the trait, which elides this one"
)]

use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryOrder, Statement};
use sea_orm_do::{DoConnection, migrate};
use sea_orm_migration::{MigrationTrait, MigratorTrait};

use crate::case::{Case, Context, Outcome, cases};

pub(super) fn cases() -> Vec<Case> {
    cases!(
        "guides":
        entities_are_registered_before_migrations_run,
        a_migration_reads_no_table_without_an_entity,
        todays_entity_does_not_fit_a_table_of_yesterday,
    )
}

/// The entity of the app, as it is today.
pub mod account {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "account")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub name: String,
        pub cents: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod create {
    use sea_orm_migration::prelude::*;
    use sea_orm_migration::schema::{double, pk_auto, string};

    pub struct CreateAccount;

    impl MigrationName for CreateAccount {
        fn name(&self) -> &str {
            "m0001_create_account"
        }
    }

    #[async_trait::async_trait]
    impl MigrationTrait for CreateAccount {
        async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
            let account = Table::create()
                .table("account")
                .col(pk_auto("id"))
                .col(string("name"))
                .col(double("balance"))
                .to_owned();
            manager.create_table(account).await?;
            let old =
                "CREATE TABLE old_account (owner TEXT, amount REAL); INSERT INTO old_account VALUES ('Cleo', 7.25)";
            manager.get_connection().execute_unprepared(old).await.map(drop)
        }
    }
}

mod seed {
    use sea_orm::{ActiveModelTrait, Set};
    use sea_orm_migration::prelude::*;

    /// The table as it is at this migration.
    mod account {
        use sea_orm::entity::prelude::*;

        #[sea_orm::model]
        #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
        #[sea_orm(table_name = "account")]
        pub struct Model {
            #[sea_orm(primary_key)]
            pub id: i32,
            pub name: String,
            pub balance: f64,
        }

        impl ActiveModelBehavior for ActiveModel {}
    }

    pub struct SeedAccounts;

    impl MigrationName for SeedAccounts {
        fn name(&self) -> &str {
            "m0002_seed_accounts"
        }
    }

    #[async_trait::async_trait]
    impl MigrationTrait for SeedAccounts {
        async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
            for (name, balance) in [("Ada", 12.5), ("Bob", 0.07)] {
                let account =
                    account::ActiveModel { name: Set(name.to_owned()), balance: Set(balance), ..Default::default() };
                account.insert(manager.get_connection()).await?;
            }
            Ok(())
        }
    }
}

mod cents {
    use sea_orm::{ActiveModelTrait, EntityTrait, Set};
    use sea_orm_do::ReadAs;
    use sea_orm_migration::prelude::*;
    use sea_orm_migration::schema::big_integer;

    /// The table as it is at this migration.
    mod account {
        use sea_orm::entity::prelude::*;

        #[sea_orm::model]
        #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
        #[sea_orm(table_name = "account")]
        pub struct Model {
            #[sea_orm(primary_key)]
            pub id: i32,
            pub balance: f64,
            pub cents: i64,
        }

        impl ActiveModelBehavior for ActiveModel {}
    }

    pub struct BalancesInCents;

    impl MigrationName for BalancesInCents {
        fn name(&self) -> &str {
            "m0003_balances_in_cents"
        }
    }

    #[async_trait::async_trait]
    impl MigrationTrait for BalancesInCents {
        async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
            let add = Table::alter().table("account").add_column(big_integer("cents").default(0)).to_owned();
            manager.alter_table(add).await?;
            let db = manager.get_connection();
            for account in account::Entity::find().all_as(db).await? {
                let cents = format!("{:.0}", account.balance * 100.0);
                let cents = cents.parse::<i64>().map_err(|error| DbErr::Custom(error.to_string()))?;
                let account = account::ActiveModel { cents: Set(cents), ..account.into() };
                account.update(db).await?;
            }
            manager.alter_table(Table::alter().table("account").drop_column("balance").to_owned()).await
        }
    }
}

mod merge {
    use sea_orm::{FromQueryResult, Statement};
    use sea_orm_do::{ReadAs, TypedRow};
    use sea_orm_migration::prelude::*;

    #[derive(FromQueryResult, TypedRow)]
    struct OldAccount {
        owner: String,
        cents: i64,
    }

    pub struct MergeOldAccounts;

    impl MigrationName for MergeOldAccounts {
        fn name(&self) -> &str {
            "m0004_merge_old_accounts"
        }
    }

    #[async_trait::async_trait]
    impl MigrationTrait for MergeOldAccounts {
        async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
            let db = manager.get_connection();
            let sql = "SELECT owner, CAST(ROUND(amount * 100) AS INTEGER) AS cents FROM old_account";
            let select = Statement::from_string(db.get_database_backend(), sql);
            for OldAccount { owner, cents } in OldAccount::find_by_statement(select).all_as(db).await? {
                let insert = Query::insert()
                    .into_table("account")
                    .columns(["name", "cents"])
                    .values_panic([owner.into(), cents.into()])
                    .to_owned();
                manager.execute(insert).await?;
            }
            manager.drop_table(Table::drop().table("old_account").to_owned()).await
        }
    }
}

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(create::CreateAccount),
            Box::new(seed::SeedAccounts),
            Box::new(cents::BalancesInCents),
            Box::new(merge::MergeOldAccounts),
        ]
    }
}

async fn open(db: DoConnection) -> Result<DoConnection, DbErr> {
    let db = db.register::<account::Entity>();
    migrate::up::<Migrator>(&db, None)?;
    Ok(db)
}

async fn entities_are_registered_before_migrations_run(context: Context) -> Outcome {
    let db = open(context.connect()?).await?;
    let accounts = account::Entity::find().order_by_asc(account::Column::Id).all(&db).await?;
    let accounts: Vec<_> = accounts.iter().map(|account| (account.id, &*account.name, account.cents)).collect();
    assert_eq!(accounts, [(1, "Ada", 1250), (2, "Bob", 7), (3, "Cleo", 725)]);
    let left =
        Statement::from_string(db.get_database_backend(), "SELECT name FROM sqlite_schema WHERE name = 'old_account'");
    assert!(db.query_one_raw(left).await?.is_none());
    assert!(migrate::up::<Migrator>(&db, None)?.is_empty());

    db.execute_unprepared("ALTER TABLE account ADD COLUMN balance DOUBLE; UPDATE account SET balance = cents / 100.0")
        .await?;
    db.execute_unprepared("UPDATE account SET cents = CAST(ROUND(balance * 100) AS INTEGER)").await?;
    assert_eq!(account::Entity::find_by_id(1).one(&db).await?.map(|account| account.cents), Some(1250));
    Ok(())
}

async fn a_migration_reads_no_table_without_an_entity(context: Context) -> Outcome {
    let error = migrate::up::<Migrator>(&context.connect()?, None).err().ok_or("it ran")?.to_string();
    assert!(error.contains("m0002_seed_accounts") && error.contains("register::<account::Entity>()"), "{error}");
    Ok(())
}

mod too_new {
    use sea_orm::{ActiveModelTrait, Set};
    use sea_orm_migration::prelude::*;

    use super::account;

    pub struct SeedAccounts;

    impl MigrationName for SeedAccounts {
        fn name(&self) -> &str {
            "m0002_seed_accounts"
        }
    }

    #[async_trait::async_trait]
    impl MigrationTrait for SeedAccounts {
        async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
            let account = account::ActiveModel { name: Set("Ada".to_owned()), cents: Set(1250), ..Default::default() };
            account.insert(manager.get_connection()).await.map(drop)
        }
    }
}

struct TooNew;

impl MigratorTrait for TooNew {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(create::CreateAccount), Box::new(too_new::SeedAccounts)]
    }
}

async fn todays_entity_does_not_fit_a_table_of_yesterday(context: Context) -> Outcome {
    let db = context.connect()?.register::<account::Entity>();
    let error = migrate::up::<TooNew>(&db, None).err().ok_or("it ran")?.to_string();
    assert!(error.contains("cents"), "{error}");
    Ok(())
}
