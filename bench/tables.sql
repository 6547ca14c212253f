CREATE TABLE task (id integer PRIMARY KEY NOT NULL, title varchar NOT NULL, done boolean NOT NULL);
CREATE TABLE wide (id integer PRIMARY KEY NOT NULL, a1 integer NOT NULL, a2 integer NOT NULL, a3 integer NOT NULL, a4 integer NOT NULL, a5 integer NOT NULL, b1 bigint NOT NULL, c1 double NOT NULL, c2 double NOT NULL, c3 double NOT NULL, c4 double NOT NULL, d1 varchar NOT NULL, d2 varchar NOT NULL, d3 varchar NOT NULL, d4 varchar NOT NULL, d5 varchar NOT NULL, e1 boolean NOT NULL, e2 boolean NOT NULL, f1 integer, f2 varchar);
CREATE TABLE ledger (id integer PRIMARY KEY NOT NULL, amount bigint NOT NULL, balance bigint NOT NULL);
CREATE TABLE project (id integer PRIMARY KEY NOT NULL, name varchar NOT NULL);
CREATE TABLE issue (id integer PRIMARY KEY NOT NULL, project_id integer NOT NULL REFERENCES project (id), title varchar NOT NULL, done boolean NOT NULL);
CREATE INDEX issue_project ON issue (project_id);
