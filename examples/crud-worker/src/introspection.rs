//! `/schema`: what the database is made of, for `sea-orm-do generate entity --url`. Only for those who know the secret.

use sea_orm_do::{DoConnection, introspect};
use worker::{Method, Request, Response, RouteContext};

use crate::answer::{self, Refusal};
use crate::path;

/// The secret's name: `npx wrangler secret put SCHEMA_TOKEN`, or a line in `.dev.vars`. Without it there is no such path.
const SECRET: &str = "SCHEMA_TOKEN";

pub(crate) async fn schema(request: Request, route: RouteContext<DoConnection>) -> Result<Response, Refusal> {
    let Ok(secret) = route.secret(SECRET) else { return path::unknown().await };
    let secret = secret.to_string();
    let given = request.headers().get("Authorization")?.unwrap_or_default();
    if secret.is_empty() || !is_same(given.strip_prefix("Bearer ").unwrap_or_default(), &secret) {
        return Err(Refusal::Unauthorized);
    }
    match path::method(&request) {
        Some(Method::Get | Method::Head) => answer::ok(&introspect(&route.data)?),
        _ => Err(Refusal::Method { allow: "GET, HEAD" }),
    }
}

/// Compares in a time that does not tell how much of the secret was guessed.
fn is_same(given: &str, secret: &str) -> bool {
    let differences =
        given.bytes().zip(secret.bytes()).fold(0, |differences, (one, other)| differences | (one ^ other));
    given.len() == secret.len() && differences == 0
}
