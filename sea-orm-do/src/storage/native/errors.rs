//! The runtime's error text: SQLite's message, the offset where there is one, and the names of the codes.

use std::fmt;

use rusqlite::ffi;

use crate::storage::error::StorageError;

/// Why a call failed.
#[derive(Debug)]
pub(super) enum Failure {
    Sqlite(rusqlite::Error),
    /// A rule of the runtime, with its message.
    Runtime(&'static str),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<Failure> for StorageError {
    fn from(failure: Failure) -> Self {
        Self::new(failure.to_string())
    }
}

/// `<message>[ at offset <n>]: <code>[ (extended: <code>)]`; an extended code without a name is omitted.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (message, offset, code) = match self {
            Self::Runtime(message) => return f.write_str(message),
            Self::Sqlite(rusqlite::Error::SqlInputError { error, msg, offset, .. }) => {
                (msg.clone(), Some(*offset), error.extended_code)
            }
            Self::Sqlite(rusqlite::Error::SqliteFailure(error, message)) => {
                (message.clone().unwrap_or_else(|| error.to_string()), None, error.extended_code)
            }
            Self::Sqlite(error) => return error.fmt(f),
        };
        f.write_str(&unknown_function(&message).unwrap_or(message))?;
        if let Some(offset) = offset {
            write!(f, " at offset {offset}")?;
        }
        let primary = code & 0xff;
        match name(&PRIMARY, primary) {
            Some(name) => write!(f, ": {name}")?,
            None => write!(f, ": SQLITE_UNKNOWN_ERROR_CODE({primary})")?,
        }
        match name(&EXTENDED, code) {
            Some(name) => write!(f, " (extended: {name})"),
            None => Ok(()),
        }
    }
}

/// Functions that rusqlite's SQLite has and the runtime's lacks. In the runtime they are unknown, not refused by the
/// authorizer.
const UNKNOWN_FUNCTIONS: [&str; 5] = ["fts3_tokenizer", "matchinfo", "offsets", "optimize", "soundex"];

fn unknown_function(message: &str) -> Option<String> {
    let name = message.strip_prefix("not authorized to use function: ")?;
    UNKNOWN_FUNCTIONS
        .iter()
        .any(|function| function.eq_ignore_ascii_case(name))
        .then(|| format!("no such function: {name}"))
}

fn name(codes: &[(i32, &'static str)], code: i32) -> Option<&'static str> {
    codes.iter().find(|(known, _)| *known == code).map(|(_, name)| *name)
}

macro_rules! named {
    ($($code:ident)*) => { [$((ffi::$code, stringify!($code))),*] };
}

/// <https://www.sqlite.org/rescode.html#primary_result_code_list>
const PRIMARY: [(i32, &str); 29] = named! {
    SQLITE_ERROR SQLITE_INTERNAL SQLITE_PERM SQLITE_ABORT SQLITE_BUSY SQLITE_LOCKED SQLITE_NOMEM SQLITE_READONLY
    SQLITE_INTERRUPT SQLITE_IOERR SQLITE_CORRUPT SQLITE_NOTFOUND SQLITE_FULL SQLITE_CANTOPEN SQLITE_PROTOCOL
    SQLITE_EMPTY SQLITE_SCHEMA SQLITE_TOOBIG SQLITE_CONSTRAINT SQLITE_MISMATCH SQLITE_MISUSE SQLITE_NOLFS SQLITE_AUTH
    SQLITE_FORMAT SQLITE_RANGE SQLITE_NOTADB SQLITE_NOTICE SQLITE_WARNING SQLITE_DONE
};

/// <https://www.sqlite.org/rescode.html#extended_result_code_list>
const EXTENDED: [(i32, &str); 74] = named! {
    SQLITE_ABORT_ROLLBACK SQLITE_AUTH_USER SQLITE_BUSY_RECOVERY SQLITE_BUSY_SNAPSHOT SQLITE_BUSY_TIMEOUT
    SQLITE_CANTOPEN_CONVPATH SQLITE_CANTOPEN_DIRTYWAL SQLITE_CANTOPEN_FULLPATH SQLITE_CANTOPEN_ISDIR
    SQLITE_CANTOPEN_NOTEMPDIR SQLITE_CANTOPEN_SYMLINK SQLITE_CONSTRAINT_CHECK SQLITE_CONSTRAINT_COMMITHOOK
    SQLITE_CONSTRAINT_DATATYPE SQLITE_CONSTRAINT_FOREIGNKEY SQLITE_CONSTRAINT_FUNCTION SQLITE_CONSTRAINT_NOTNULL
    SQLITE_CONSTRAINT_PINNED SQLITE_CONSTRAINT_PRIMARYKEY SQLITE_CONSTRAINT_ROWID SQLITE_CONSTRAINT_TRIGGER
    SQLITE_CONSTRAINT_UNIQUE SQLITE_CONSTRAINT_VTAB SQLITE_CORRUPT_INDEX SQLITE_CORRUPT_SEQUENCE SQLITE_CORRUPT_VTAB
    SQLITE_ERROR_MISSING_COLLSEQ SQLITE_ERROR_RETRY SQLITE_ERROR_SNAPSHOT SQLITE_IOERR_ACCESS SQLITE_IOERR_AUTH
    SQLITE_IOERR_BEGIN_ATOMIC SQLITE_IOERR_BLOCKED SQLITE_IOERR_CHECKRESERVEDLOCK SQLITE_IOERR_CLOSE
    SQLITE_IOERR_COMMIT_ATOMIC SQLITE_IOERR_CONVPATH SQLITE_IOERR_CORRUPTFS SQLITE_IOERR_DATA SQLITE_IOERR_DELETE
    SQLITE_IOERR_DELETE_NOENT SQLITE_IOERR_DIR_CLOSE SQLITE_IOERR_DIR_FSYNC SQLITE_IOERR_FSTAT SQLITE_IOERR_FSYNC
    SQLITE_IOERR_GETTEMPPATH SQLITE_IOERR_LOCK SQLITE_IOERR_MMAP SQLITE_IOERR_NOMEM SQLITE_IOERR_RDLOCK
    SQLITE_IOERR_READ SQLITE_IOERR_ROLLBACK_ATOMIC SQLITE_IOERR_SEEK SQLITE_IOERR_SHMLOCK SQLITE_IOERR_SHMMAP
    SQLITE_IOERR_SHMOPEN SQLITE_IOERR_SHMSIZE SQLITE_IOERR_SHORT_READ SQLITE_IOERR_TRUNCATE SQLITE_IOERR_UNLOCK
    SQLITE_IOERR_VNODE SQLITE_IOERR_WRITE SQLITE_LOCKED_SHAREDCACHE SQLITE_LOCKED_VTAB SQLITE_NOTICE_RECOVER_ROLLBACK
    SQLITE_NOTICE_RECOVER_WAL SQLITE_OK_LOAD_PERMANENTLY SQLITE_READONLY_CANTINIT SQLITE_READONLY_CANTLOCK
    SQLITE_READONLY_DBMOVED SQLITE_READONLY_DIRECTORY SQLITE_READONLY_RECOVERY SQLITE_READONLY_ROLLBACK
    SQLITE_WARNING_AUTOINDEX
};
