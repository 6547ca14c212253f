//! SQL text: tokens, statements, their parts, and what they do. No values and no types.

pub(crate) mod ast;
pub(crate) mod lexer;
pub(crate) mod parser;
pub(crate) mod quote;
pub(crate) mod script;
