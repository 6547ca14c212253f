//! The reads, once for all ways to call them.

/// Functions that read, by these methods of a select.
macro_rules! reads {
    ($one:ident, $all:ident, $stream:ident) => {
        async fn find(db: &impl ConnectionTrait, count: i32) -> Result<i64, DbErr> {
            let mut sum = 0;
            for at in 0..count {
                let found = task::Entity::find_by_id(at % 1000 + 1).$one(db).await?;
                sum += found.map_or(0, |task| i64::from(task.id) + i64::from(task.done));
            }
            Ok(sum)
        }

        async fn read(db: &impl ConnectionTrait, count: i32) -> Result<i64, DbErr> {
            let mut sum = 0;
            for _ in 0..count {
                let tasks = task::Entity::find().$all(db).await?;
                sum += tasks.iter().map(|task| i64::from(task.id) + i64::from(task.done)).sum::<i64>();
            }
            Ok(sum)
        }

        async fn read_wide(db: &impl ConnectionTrait, count: i32) -> Result<i64, DbErr> {
            let mut sum = 0;
            for _ in 0..count {
                let rows = wide::Entity::find().$all(db).await?;
                sum += rows.iter().map(|row| i64::from(row.id) + row.b1 + i64::from(row.f1.unwrap_or(0))).sum::<i64>();
            }
            Ok(sum)
        }

        async fn page(db: &impl ConnectionTrait, count: i32) -> Result<i64, DbErr> {
            let mut sum = 0;
            for at in 0..count {
                let page = task::Entity::find()
                    .filter(task::Column::Done.eq(false))
                    .order_by_desc(task::Column::Id)
                    .limit(20)
                    .offset(u64::from(at.unsigned_abs() % 10 * 20))
                    .$all(db)
                    .await?;
                sum += page.iter().map(|task| i64::from(task.id)).sum::<i64>();
            }
            Ok(sum)
        }

        async fn related(db: &impl ConnectionTrait, count: i32) -> Result<i64, DbErr> {
            let mut sum = 0;
            for _ in 0..count {
                for (project, issues) in project::Entity::find().find_with_related(issue::Entity).$all(db).await? {
                    sum += i64::from(project.id) + issues.iter().map(|issue| i64::from(issue.id)).sum::<i64>();
                }
            }
            Ok(sum)
        }

        async fn load(db: &impl ConnectionTrait, count: i32) -> Result<i64, DbErr> {
            let mut sum = 0;
            for _ in 0..count {
                for project in project::Entity::load().with(issue::Entity).$all(db).await? {
                    sum += i64::from(project.id) + project.issues.iter().map(|issue| i64::from(issue.id)).sum::<i64>();
                }
            }
            Ok(sum)
        }

        async fn integers(db: &impl ConnectionTrait, count: i32) -> Result<i64, DbErr> {
            let mut sum = 0_i64;
            for _ in 0..count {
                for entry in ledger::Entity::find().$all(db).await? {
                    sum = sum.wrapping_add(entry.amount).wrapping_add(entry.balance);
                }
            }
            Ok(sum)
        }

        async fn stream(db: &(impl ConnectionTrait + StreamTrait), count: i32) -> Result<i64, DbErr> {
            let mut sum = 0;
            for _ in 0..count {
                let mut rows = task::Entity::find().$stream(db).await?;
                while let Some(task) = rows.try_next().await? {
                    sum += i64::from(task.id) + i64::from(task.done);
                }
            }
            Ok(sum)
        }
    };
}

pub(crate) use reads;
