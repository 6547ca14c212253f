//! One page of a list.

use sea_orm::{DbErr, EntityTrait, PaginatorTrait, Select};
use sea_orm_do::DoConnection;
use serde::Serialize;

use crate::answer::Refusal;
use crate::query::Query;
use crate::rules;

/// The page that was requested.
pub(crate) struct Paging {
    page: u32,
    per_page: u32,
}

impl Paging {
    /// Takes `page` and `per_page`.
    pub(crate) fn take(query: &mut Query) -> Result<Self, Refusal> {
        Ok(Self {
            page: query.take("page", rules::page)?.unwrap_or(1),
            per_page: query.take("per_page", rules::per_page)?.unwrap_or(20),
        })
    }

    pub(crate) async fn fetch<E: EntityTrait<Model: Send + Sync>>(
        self,
        rows: Select<E>,
        db: &DoConnection,
    ) -> Result<Page<E::Model>, DbErr> {
        let pages = rows.paginate(db, self.per_page.into());
        Ok(Page {
            total: pages.num_items().await?,
            items: pages.fetch_page((self.page - 1).into()).await?,
            page: self.page,
            per_page: self.per_page,
        })
    }
}

/// A page as it is sent; `total` counts the items of all pages.
#[derive(Serialize)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    page: u32,
    per_page: u32,
    total: u64,
}

impl<T> Page<T> {
    /// Returns the same page with each item replaced.
    pub(crate) fn map<U>(self, item: impl FnMut(T) -> U) -> Page<U> {
        let items = self.items.into_iter().map(item).collect();
        Page { items, page: self.page, per_page: self.per_page, total: self.total }
    }
}
