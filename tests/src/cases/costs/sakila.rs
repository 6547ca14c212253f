//! Queries on the film rental shop.

use super::Cost;

pub(super) const ROWS: &str = "
    INSERT OR IGNORE INTO actor WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 50)
        SELECT i, 'FIRST ' || i, 'LAST ' || i % 9, '2026-01-01' FROM n;
    INSERT OR IGNORE INTO film (film_id, title, language_id, rental_rate, length)
        WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
        SELECT i, 'Film ' || i, i % 2 + 1, i % 5 + 0.99, i * 7 % 180 FROM n;
    INSERT OR IGNORE INTO film_actor (actor_id, film_id)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) SELECT i % 50 + 1, i % 200 + 1 FROM n;
    INSERT OR IGNORE INTO film_category SELECT film_id, 1, '2026-01-01' FROM film;
";

#[rustfmt::skip]
pub(super) const COSTS: &[Cost] = &[
    ("SELECT * FROM film WHERE film_id = 7", "SEARCH film USING INTEGER PRIMARY KEY (rowid=?)", 1, 0),
    ("SELECT * FROM film WHERE title = 'Film 9'", "SCAN film", 200, 0),
    ("SELECT * FROM actor WHERE last_name = 'LAST 3'", "SEARCH actor USING INDEX idx_actor_last_name (last_name=?)", 0, 0),
    ("SELECT film.* FROM film JOIN film_actor ON film_actor.film_id = film.film_id WHERE film_actor.actor_id = 4", "SEARCH film_actor USING COVERING INDEX sqlite_autoindex_film_actor_1 (actor_id=?) / SEARCH film USING INTEGER PRIMARY KEY (rowid=?)", 9, 0),
    ("SELECT actor.* FROM actor JOIN film_actor ON film_actor.actor_id = actor.actor_id WHERE film_actor.film_id = 4", "SCAN film_actor USING COVERING INDEX sqlite_autoindex_film_actor_1 / SEARCH actor USING INTEGER PRIMARY KEY (rowid=?)", 202, 0),
    ("SELECT * FROM film_list WHERE price > 4", "SCAN category / BLOOM FILTER ON film_category (category_id=?) / SEARCH film_category USING AUTOMATIC COVERING INDEX (category_id=?) LEFT-JOIN / SEARCH film USING INTEGER PRIMARY KEY (rowid=?)", 601, 0),
    ("SELECT * FROM film_list WHERE fid = 9", "SEARCH film USING INTEGER PRIMARY KEY (rowid=?) / SCAN category / BLOOM FILTER ON film_category (category_id=?) / SEARCH film_category USING AUTOMATIC COVERING INDEX (category_id=?) LEFT-JOIN", 402, 0),
    ("SELECT rental_rate, count(*), avg(length) FROM film GROUP BY rental_rate", "SCAN film / USE TEMP B-TREE FOR GROUP BY", 400, 0),
    ("SELECT language.name, count(film.film_id) FROM language LEFT JOIN film ON film.language_id = language.language_id GROUP BY language.language_id", "SCAN language / BLOOM FILTER ON film (language_id=?) / SEARCH film USING AUTOMATIC COVERING INDEX (language_id=?) LEFT-JOIN", 403, 0),
    ("SELECT * FROM film ORDER BY film_id LIMIT 10 OFFSET 20", "SCAN film", 30, 0),
    ("SELECT * FROM film WHERE length > (SELECT avg(length) FROM film) ORDER BY length DESC LIMIT 5", "SCAN film / SCALAR SUBQUERY 1 / SCAN film / USE TEMP B-TREE FOR ORDER BY", 499, 0),
    ("SELECT * FROM customer WHERE email = 'x'", "SCAN customer", 1, 0),
    ("INSERT INTO film (film_id, title, language_id) VALUES (900, 'New', 1)", "SCAN inventory / SEARCH film_category USING COVERING INDEX sqlite_autoindex_film_category_1 (film_id=?) / SCAN film_actor USING COVERING INDEX sqlite_autoindex_film_actor_1", 10, 4),
    ("UPDATE film SET title = 'Old' WHERE film_id = 900", "SEARCH film USING INTEGER PRIMARY KEY (rowid=?)", 2, 2),
    ("UPDATE actor SET first_name = 'X' WHERE last_name = 'LAST 4'", "SEARCH actor USING INDEX idx_actor_last_name (last_name=?)", 0, 0),
    ("DELETE FROM film_actor WHERE actor_id = 9", "SEARCH film_actor USING COVERING INDEX sqlite_autoindex_film_actor_1 (actor_id=?)", 9, 4),
    ("DELETE FROM film_text WHERE film_id = 900", "SEARCH film_text USING INDEX sqlite_autoindex_film_text_1 (film_id=?)", 1, 1),
    ("SELECT * FROM film_text", "SCAN film_text", 200, 0),
];
