-- The film rental shop Sakila: tables that point at each other in a ring, two keys to one table, checks, views and triggers.
CREATE TABLE actor (
    actor_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, first_name VARCHAR(45) NOT NULL, last_name VARCHAR(45) NOT NULL,
    last_update TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_actor_last_name ON actor (last_name);
CREATE TABLE country (
    country_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, country VARCHAR(50) NOT NULL, last_update TIMESTAMP
);
CREATE TABLE city (
    city_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, city VARCHAR(50) NOT NULL, country_id INT NOT NULL, last_update TIMESTAMP NOT NULL,
    CONSTRAINT fk_city_country FOREIGN KEY (country_id) REFERENCES country (country_id) ON DELETE NO ACTION ON UPDATE CASCADE
);
CREATE INDEX idx_fk_country_id ON city (country_id);
CREATE TABLE address (
    address_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, address VARCHAR(50) NOT NULL, address2 VARCHAR(50) DEFAULT NULL,
    district VARCHAR(20) NOT NULL, city_id INT NOT NULL, postal_code VARCHAR(10) DEFAULT NULL, phone VARCHAR(20) NOT NULL,
    last_update TIMESTAMP NOT NULL,
    CONSTRAINT fk_address_city FOREIGN KEY (city_id) REFERENCES city (city_id) ON DELETE NO ACTION ON UPDATE CASCADE
);
CREATE TABLE language (
    language_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, name CHAR(20) NOT NULL, last_update TIMESTAMP NOT NULL
);
CREATE TABLE category (
    category_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, name VARCHAR(25) NOT NULL, last_update TIMESTAMP NOT NULL
);
CREATE TABLE store (
    store_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, manager_staff_id SMALLINT NOT NULL, address_id INT NOT NULL,
    last_update TIMESTAMP NOT NULL,
    CONSTRAINT fk_store_staff FOREIGN KEY (manager_staff_id) REFERENCES staff (staff_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_store_address FOREIGN KEY (address_id) REFERENCES address (address_id)
);
CREATE TABLE staff (
    staff_id SMALLINT NOT NULL, first_name VARCHAR(45) NOT NULL, last_name VARCHAR(45) NOT NULL, address_id INT NOT NULL,
    picture BLOB DEFAULT NULL, email VARCHAR(50) DEFAULT NULL, store_id INT NOT NULL, active SMALLINT DEFAULT 1 NOT NULL,
    username VARCHAR(16) NOT NULL, password VARCHAR(40) DEFAULT NULL, last_update TIMESTAMP NOT NULL,
    PRIMARY KEY (staff_id),
    CONSTRAINT fk_staff_store FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE NO ACTION ON UPDATE CASCADE,
    CONSTRAINT fk_staff_address FOREIGN KEY (address_id) REFERENCES address (address_id) ON DELETE NO ACTION ON UPDATE CASCADE
);
CREATE TABLE customer (
    customer_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, store_id INT NOT NULL, first_name VARCHAR(45) NOT NULL,
    last_name VARCHAR(45) NOT NULL, email VARCHAR(50) DEFAULT NULL, address_id INT NOT NULL, active CHAR(1) DEFAULT 'Y' NOT NULL,
    create_date TIMESTAMP NOT NULL, last_update TIMESTAMP NOT NULL,
    CONSTRAINT fk_customer_store FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE NO ACTION ON UPDATE CASCADE,
    CONSTRAINT fk_customer_address FOREIGN KEY (address_id) REFERENCES address (address_id) ON DELETE NO ACTION ON UPDATE CASCADE
);
CREATE TABLE film (
    film_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, title VARCHAR(255) NOT NULL, description TEXT DEFAULT NULL,
    release_year VARCHAR(4) DEFAULT NULL, language_id INT NOT NULL, original_language_id INT DEFAULT NULL,
    rental_duration SMALLINT DEFAULT 3 NOT NULL, rental_rate DECIMAL(4,2) DEFAULT 4.99 NOT NULL, length SMALLINT DEFAULT NULL,
    replacement_cost DECIMAL(5,2) DEFAULT 19.99 NOT NULL, rating VARCHAR(10) DEFAULT 'G', special_features VARCHAR(100) DEFAULT NULL,
    last_update TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT check_special_features CHECK (special_features IS NULL OR special_features LIKE '%Trailers%' OR special_features LIKE '%Scenes%'),
    CONSTRAINT check_rating CHECK (rating IN ('G', 'PG', 'PG-13', 'R', 'NC-17')),
    CONSTRAINT fk_film_language FOREIGN KEY (language_id) REFERENCES language (language_id),
    CONSTRAINT fk_film_language_original FOREIGN KEY (original_language_id) REFERENCES language (language_id)
);
CREATE TABLE film_actor (
    actor_id INT NOT NULL, film_id INT NOT NULL, last_update TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (actor_id, film_id),
    CONSTRAINT fk_film_actor_actor FOREIGN KEY (actor_id) REFERENCES actor (actor_id) ON DELETE NO ACTION ON UPDATE CASCADE,
    CONSTRAINT fk_film_actor_film FOREIGN KEY (film_id) REFERENCES film (film_id) ON DELETE NO ACTION ON UPDATE CASCADE
);
CREATE TABLE film_category (
    film_id INT NOT NULL, category_id SMALLINT NOT NULL, last_update TIMESTAMP NOT NULL,
    PRIMARY KEY (film_id, category_id),
    CONSTRAINT fk_film_category_film FOREIGN KEY (film_id) REFERENCES film (film_id) ON DELETE NO ACTION ON UPDATE CASCADE,
    CONSTRAINT fk_film_category_category FOREIGN KEY (category_id) REFERENCES category (category_id) ON DELETE NO ACTION ON UPDATE CASCADE
);
CREATE TABLE film_text (film_id SMALLINT NOT NULL, title VARCHAR(255) NOT NULL, description TEXT, PRIMARY KEY (film_id));
CREATE TABLE inventory (
    inventory_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, film_id INT NOT NULL, store_id INT NOT NULL, last_update TIMESTAMP NOT NULL,
    CONSTRAINT fk_inventory_store FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE NO ACTION ON UPDATE CASCADE,
    CONSTRAINT fk_inventory_film FOREIGN KEY (film_id) REFERENCES film (film_id) ON DELETE NO ACTION ON UPDATE CASCADE
);
CREATE TABLE rental (
    rental_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, rental_date TIMESTAMP NOT NULL, inventory_id INT NOT NULL, customer_id INT NOT NULL,
    return_date TIMESTAMP DEFAULT NULL, staff_id SMALLINT NOT NULL, last_update TIMESTAMP NOT NULL,
    CONSTRAINT fk_rental_staff FOREIGN KEY (staff_id) REFERENCES staff (staff_id),
    CONSTRAINT fk_rental_inventory FOREIGN KEY (inventory_id) REFERENCES inventory (inventory_id),
    CONSTRAINT fk_rental_customer FOREIGN KEY (customer_id) REFERENCES customer (customer_id)
);
CREATE UNIQUE INDEX idx_rental_uq ON rental (rental_date, inventory_id, customer_id);
CREATE TABLE payment (
    payment_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, customer_id INT NOT NULL, staff_id SMALLINT NOT NULL, rental_id INT DEFAULT NULL,
    amount DECIMAL(5,2) NOT NULL, payment_date TIMESTAMP NOT NULL, last_update TIMESTAMP NOT NULL,
    CONSTRAINT fk_payment_rental FOREIGN KEY (rental_id) REFERENCES rental (rental_id) ON DELETE SET NULL ON UPDATE CASCADE,
    CONSTRAINT fk_payment_customer FOREIGN KEY (customer_id) REFERENCES customer (customer_id),
    CONSTRAINT fk_payment_staff FOREIGN KEY (staff_id) REFERENCES staff (staff_id)
);
CREATE VIEW film_list AS
    SELECT film.film_id AS fid, film.title AS title, category.name AS category, film.rental_rate AS price
    FROM category LEFT JOIN film_category ON category.category_id = film_category.category_id
    LEFT JOIN film ON film_category.film_id = film.film_id;
CREATE TRIGGER film_trigger_au AFTER UPDATE ON film BEGIN
    UPDATE film SET last_update = DATETIME('NOW') WHERE rowid = new.rowid;
END;
CREATE TRIGGER film_text_trigger_ai AFTER INSERT ON film BEGIN
    INSERT INTO film_text (film_id, title, description) VALUES (new.film_id, new.title, new.description);
END;

INSERT INTO country VALUES (1, 'Norway', '2021-03-06 15:51:49');
INSERT INTO city VALUES (1, 'Ålesund', 1, '2021-03-06 15:51:49');
INSERT INTO address (address_id, address, district, city_id, phone, last_update) VALUES (1, '47 Harbour Road', 'North', 1, '', '2021-03-06 15:51:49');
INSERT INTO language VALUES (1, 'English', '2021-03-06 15:51:49'), (2, 'Norsk', '2021-03-06 15:51:49');
INSERT INTO category VALUES (1, 'Documentary', '2021-03-06 15:51:49');
INSERT INTO actor VALUES (1, 'PENELOPE', 'EXAMPLE', '2021-03-06 15:51:59'), (2, 'NICK', 'SAMPLE', '2021-03-06 15:51:59');
INSERT INTO film (film_id, title, language_id, original_language_id, rental_rate, length) VALUES (1, 'Fjord', 1, 2, 0.99, 86), (2, 'Sea', 1, NULL, 4.99, NULL);
INSERT INTO film_actor (actor_id, film_id) VALUES (1, 1), (2, 1), (2, 2);
INSERT INTO film_category VALUES (1, 1, '2021-03-06 15:51:49');
