//! SQL text: tokens, the syntax and the kinds of statements. It knows no values and no types.

pub(crate) mod ast;
pub(crate) mod cursor;
pub(crate) mod lexer;
pub(crate) mod parser;
pub(crate) mod quote;
pub(crate) mod reserved;
pub(crate) mod script;
