//! Splits SQL into tokens as SQLite's own tokenizer does: <https://www.sqlite.org/lang_keywords.html>, tokenize.c.

/// The kind of a token; its text says the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// White space and both kinds of comments.
    Space,
    /// A keyword, a function or a name without quotes.
    Word,
    /// A name in `"`, `` ` `` or `[]`.
    QuotedName,
    /// `'…'`.
    Text,
    /// `x'…'`.
    Blob,
    Number,
    /// `?`, `?1`, `:name`, `@name`, `$name`.
    Parameter,
    Semicolon,
    /// An operator, a parenthesis, or a character that SQL does not use.
    Symbol,
}

/// A piece of SQL text; the texts of all tokens together are the whole text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: TokenKind,
    pub(crate) text: &'a str,
    /// Where it begins, in bytes.
    pub(crate) at: usize,
}

impl Token<'_> {
    /// Whether this is the given keyword, in any case.
    pub(crate) fn is_word(&self, keyword: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(keyword)
    }

    /// Where it ends, in bytes.
    pub(crate) fn end(&self) -> usize {
        self.at + self.text.len()
    }

    pub(crate) fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == TokenKind::Symbol && self.text == symbol
    }

    /// The name that a word or a quoted name denotes.
    pub(crate) fn name(&self) -> Option<String> {
        let quote = match self.kind {
            TokenKind::Word => return Some(self.text.to_owned()),
            TokenKind::QuotedName => self.text.chars().next()?,
            _ => return None,
        };
        if quote == '[' {
            return Some(self.text.strip_prefix('[')?.strip_suffix(']')?.to_owned());
        }
        let inner = self.text.strip_prefix(quote)?.strip_suffix(quote)?;
        Some(inner.replace(&format!("{quote}{quote}"), &quote.to_string()))
    }

    /// The name. SQLite accepts a text in single quotes as a name where only a name is allowed.
    pub(crate) fn name_or_quoted(&self) -> Option<String> {
        let quoted = || Some(self.text.strip_prefix('\'')?.strip_suffix('\'')?.replace("''", "'"));
        self.name().or_else(quoted)
    }

    /// The same; for any other token, its own text.
    pub(crate) fn name_or_text(&self) -> String {
        self.name_or_quoted().unwrap_or_else(|| self.text.replace("''", "'"))
    }
}

/// Splits SQL into tokens. Nothing is dropped, and nothing is an error: an unterminated token runs to the end of the
/// text.
pub(crate) fn tokens(sql: &str) -> impl Iterator<Item = Token<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (kind, length) = next(&sql[at..])?;
        let token = Token { kind, text: &sql[at..at + length], at };
        at += length;
        Some(token)
    })
}

/// The tokens without white space and comments.
pub(crate) fn words(sql: &str) -> impl Iterator<Item = Token<'_>> {
    tokens(sql).filter(|token| token.kind != TokenKind::Space)
}

/// Whether a word or a quoted name in a text is this name.
#[cfg(all(feature = "draft", not(target_arch = "wasm32")))]
pub(crate) fn names(sql: &str, name: &str) -> bool {
    words(sql).any(|token| match token.kind {
        TokenKind::Word => token.text.eq_ignore_ascii_case(name),
        TokenKind::QuotedName => token.name().is_some_and(|quoted| quoted.eq_ignore_ascii_case(name)),
        _ => false,
    })
}

/// The statements of a script, without the `;` and the comments after each. Statements that contain nothing else are
/// skipped.
///
/// A `;` between `BEGIN` and `END` of a trigger does not end a statement; the rule is that of
/// [`sqlite3_complete`](https://www.sqlite.org/c3ref/complete.html).
pub(crate) fn statements(sql: &str) -> Vec<&str> {
    let Split { mut ended, open, .. } = split(sql);
    ended.extend(open);
    ended
}

/// A schema statement without the comments after it, which SQLite keeps, and which would swallow a `;`.
pub(crate) fn without_comments_behind(sql: &str) -> String {
    statements(sql).concat()
}

/// A script, or the beginning of one, split into its statements.
pub(crate) struct Split<'a> {
    /// The statements that a `;` ends.
    pub(crate) ended: Vec<&'a str>,
    /// The unfinished statement after them.
    open: Option<&'a str>,
    /// Where the text after the last of those `;` begins, in bytes.
    pub(crate) rest: usize,
}

pub(crate) fn split(sql: &str) -> Split<'_> {
    let mut ended = Vec::new();
    // A statement runs from its first token or comment to its last token.
    let (mut start, mut end, mut rest) = (None, None, 0);
    let mut trigger = Trigger::Start;
    for token in tokens(sql) {
        if token.kind == TokenKind::Semicolon && trigger.ends_here() {
            ended.extend(start.take().zip(end.take()).map(|(start, end): (usize, usize)| &sql[start..end]));
            (rest, trigger) = (token.end(), Trigger::Start);
        } else if token.kind != TokenKind::Space {
            start.get_or_insert(token.at);
            end = Some(token.end());
            trigger = trigger.after(token);
        } else if token.text.starts_with(['-', '/']) {
            start.get_or_insert(token.at);
        }
    }
    Split { ended, open: start.zip(end).map(|(start, end)| &sql[start..end]), rest }
}

/// How much of `CREATE TRIGGER … ; END` a statement has matched so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trigger {
    Start,
    Explain,
    Create,
    /// Some other statement.
    None,
    Body,
    BodySemicolon,
    BodyEnd,
}

impl Trigger {
    fn ends_here(self) -> bool {
        !matches!(self, Self::Body | Self::BodySemicolon)
    }

    fn after(self, token: Token<'_>) -> Self {
        match self {
            Self::Start if token.is_word("EXPLAIN") => Self::Explain,
            Self::Explain if token.is_word("QUERY") || token.is_word("PLAN") => Self::Explain,
            Self::Start | Self::Explain if token.is_word("CREATE") => Self::Create,
            Self::Create if token.is_word("TEMP") || token.is_word("TEMPORARY") => Self::Create,
            Self::Create if token.is_word("TRIGGER") => Self::Body,
            Self::Body | Self::BodySemicolon | Self::BodyEnd if token.kind == TokenKind::Semicolon => {
                Self::BodySemicolon
            }
            Self::BodySemicolon if token.is_word("END") => Self::BodyEnd,
            Self::Body | Self::BodySemicolon | Self::BodyEnd => Self::Body,
            Self::Start | Self::Explain | Self::Create | Self::None => Self::None,
        }
    }
}

fn next(sql: &str) -> Option<(TokenKind, usize)> {
    let first = sql.chars().next()?;
    let second = sql[first.len_utf8()..].chars().next();
    Some(match first {
        // In SQLite, white space can go on with a vertical tab, but not begin with one.
        c if is_space(c) => (TokenKind::Space, while_(sql, |c| is_space(c) || c == '\x0b')),
        '\u{feff}' => (TokenKind::Space, first.len_utf8()),
        '-' if second == Some('-') => (TokenKind::Space, until(sql, 2, "\n")),
        '/' if second == Some('*') => (TokenKind::Space, until(sql, 2, "*/")),
        '\'' => (TokenKind::Text, quoted(sql, 0, '\'')),
        '"' | '`' => (TokenKind::QuotedName, quoted(sql, 0, first)),
        '[' => (TokenKind::QuotedName, until(sql, 1, "]")),
        'x' | 'X' if second == Some('\'') => (TokenKind::Blob, until(sql, 2, "'")),
        '0'..='9' => (TokenKind::Number, number(sql)),
        '.' if second.is_some_and(|c| c.is_ascii_digit()) => (TokenKind::Number, number(sql)),
        '?' => (TokenKind::Parameter, 1 + while_(&sql[1..], |c| c.is_ascii_digit())),
        ':' | '@' | '$' | '#' => named_parameter(sql),
        ';' => (TokenKind::Semicolon, 1),
        c if is_name(c) => (TokenKind::Word, while_(sql, is_name)),
        _ => (TokenKind::Symbol, symbol(sql).unwrap_or(first.len_utf8())),
    })
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c')
}

/// SQLite accepts every character beyond ASCII in a name.
pub(crate) fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$') || !c.is_ascii()
}

fn symbol(sql: &str) -> Option<usize> {
    const LONG: [&str; 9] = ["->>", "->", "<=", ">=", "<>", "<<", ">>", "||", "!="];
    if sql.starts_with("==") {
        return Some(2);
    }
    LONG.iter().find(|symbol| sql.starts_with(**symbol)).map(|symbol| symbol.len())
}

fn while_(sql: &str, accept: impl Fn(char) -> bool) -> usize {
    sql.find(|c| !accept(c)).unwrap_or(sql.len())
}

fn until(sql: &str, from: usize, end: &str) -> usize {
    sql[from..].find(end).map_or(sql.len(), |at| from + at + end.len())
}

/// The length of a quoted text, in which a doubled quote is one quote character.
fn quoted(sql: &str, from: usize, quote: char) -> usize {
    let mut end = from + quote.len_utf8();
    loop {
        match sql[end..].find(quote) {
            None => return sql.len(),
            Some(at) if sql[end + at + 1..].starts_with(quote) => end += at + 2,
            Some(at) => return end + at + 1,
        }
    }
}

/// A named parameter, or a symbol if SQLite does not accept it as one. After its first letter it may have a suffix in
/// parentheses, which may contain anything but white space, even quotes and semicolons: `$a::b(c;d)` is one
/// (<https://www.sqlite.org/lang_expr.html#varparam>).
fn named_parameter(sql: &str) -> (TokenKind, usize) {
    let mut end = 1;
    let mut has_letter = false;
    loop {
        let letters = while_(&sql[end..], is_name);
        has_letter |= letters > 0;
        end += letters;
        let rest = &sql[end..];
        if rest.starts_with("::") {
            end += 2;
            continue;
        }
        if has_letter && rest.starts_with('(') {
            end += while_(rest, |c| c != ')' && !is_space(c) && c != '\x0b');
            return if sql[end..].starts_with(')') {
                (TokenKind::Parameter, end + 1)
            } else {
                (TokenKind::Symbol, end)
            };
        }
        return (if has_letter { TokenKind::Parameter } else { TokenKind::Symbol }, end);
    }
}

fn number(sql: &str) -> usize {
    let digit = |c: char| c.is_ascii_digit() || c == '_';
    if sql.starts_with("0x") || sql.starts_with("0X") {
        return 2 + while_(&sql[2..], |c| c.is_ascii_hexdigit() || c == '_');
    }
    let mut end = while_(sql, digit);
    if sql[end..].starts_with('.') {
        end += 1;
        end += while_(&sql[end..], digit);
    }
    let exponent = sql[end..].strip_prefix(['e', 'E']);
    let exponent = exponent.map(|rest| rest.strip_prefix(['+', '-']).unwrap_or(rest));
    if let Some(rest) = exponent.filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
        end = sql.len() - rest.len();
        end += while_(rest, digit);
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(sql: &str) -> Vec<(TokenKind, &str)> {
        tokens(sql).filter(|t| t.kind != TokenKind::Space).map(|t| (t.kind, t.text)).collect()
    }

    #[test]
    fn cuts_what_looks_like_something_else() {
        assert_eq!(
            kinds("a -- ; ?\n/* ' */'it''s ?' \"q\"\"?\" [b?] `c?` x'00' ?1 :n 1.5e-3 0xFF .5 a||b"),
            [
                (TokenKind::Word, "a"),
                (TokenKind::Text, "'it''s ?'"),
                (TokenKind::QuotedName, "\"q\"\"?\""),
                (TokenKind::QuotedName, "[b?]"),
                (TokenKind::QuotedName, "`c?`"),
                (TokenKind::Blob, "x'00'"),
                (TokenKind::Parameter, "?1"),
                (TokenKind::Parameter, ":n"),
                (TokenKind::Number, "1.5e-3"),
                (TokenKind::Number, "0xFF"),
                (TokenKind::Number, ".5"),
                (TokenKind::Word, "a"),
                (TokenKind::Symbol, "||"),
                (TokenKind::Word, "b"),
            ]
        );
    }

    #[test]
    fn a_vertical_tab_is_space_behind_other_space_only() {
        assert_eq!(kinds(" \x0bBEGIN"), [(TokenKind::Word, "BEGIN")]);
        assert_eq!(kinds("\x0bBEGIN"), [(TokenKind::Symbol, "\x0b"), (TokenKind::Word, "BEGIN")]);
    }

    #[test]
    fn takes_a_suffix_of_a_parameter_for_a_part_of_it() {
        for parameter in ["$a::b(c;d)", "@a(')", ":a(--)", "#a::", "$::a", "$a(/*)", "@a()", "@a(()"] {
            let sql = format!("{parameter}+1");
            let known = [(TokenKind::Parameter, parameter), (TokenKind::Symbol, "+"), (TokenKind::Number, "1")];
            assert_eq!(kinds(&sql), known);
        }
        // SQLite does not accept these.
        for (sql, none) in [("@(a)", "@"), ("@a(b;c", "@a(b;c"), ("@a(; )", "@a(;"), ("@::;", "@::"), (": a", ":")] {
            assert_eq!(kinds(sql)[0], (TokenKind::Symbol, none));
        }
    }

    #[test]
    fn loses_no_character_whatever_the_text() {
        for sql in ["", "'", "\"a", "[", "/*", "--", "x'0", "1e", "1e+", "ünï;çödé ☃", "\u{0}", "?", "$", "0x", "'a''"]
        {
            assert_eq!(tokens(sql).map(|t| t.text).collect::<String>(), sql);
        }
    }

    #[test]
    fn reads_a_name_out_of_its_quotes() {
        let names: Vec<_> = tokens("a \"b\"\"c\" [d] `e``f` 'g'").filter_map(|t| t.name()).collect();
        assert_eq!(names, ["a", "b\"c", "d", "e`f"]);
    }

    #[test]
    fn splits_a_script_at_its_own_semicolons() {
        assert_eq!(statements("SELECT ';'; -- one;\n;/* two; */ SELECT 2;\n"), ["SELECT ';'", "/* two; */ SELECT 2"]);
        assert_eq!(statements(" ; -- nothing\n ;"), Vec::<&str>::new());
    }

    #[test]
    fn takes_nothing_for_space_that_sqlite_does_not() {
        assert_eq!(statements("SELECT 1 AS \u{a0}; \u{2003}\n"), ["SELECT 1 AS \u{a0}", "\u{2003}"]);
        assert_eq!(statements("\x0b; \x0b"), ["\x0b"]);
    }

    #[test]
    fn tells_what_has_not_ended() {
        for (sql, ended, rest) in [
            ("SELECT 1; SELECT ';", 1, " SELECT ';"),
            ("SELECT 'it'", 0, "SELECT 'it'"),
            ("SELECT 1;", 1, ""),
            ("SELECT 1; -- ;", 1, " -- ;"),
            ("CREATE TRIGGER t BEGIN SELECT 1; END", 0, "CREATE TRIGGER t BEGIN SELECT 1; END"),
        ] {
            let split = split(sql);
            assert_eq!((split.ended.len(), &sql[split.rest..]), (ended, rest), "{sql}");
        }
    }

    #[test]
    fn keeps_a_trigger_whole() {
        let trigger = "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET end_ = 1; DELETE FROM c; END";
        let script = format!("{trigger}; SELECT CASE WHEN 1 THEN 2 END; SELECT 3");
        assert_eq!(statements(&script), [trigger, "SELECT CASE WHEN 1 THEN 2 END", "SELECT 3"]);
    }
}
