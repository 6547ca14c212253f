//! Queries on the music shop.

use super::Cost;

pub(super) const ROWS: &str = "
    INSERT OR IGNORE INTO Artist WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)
        SELECT i, 'Artist ' || i FROM n;
    INSERT OR IGNORE INTO Album WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
        SELECT i, 'Album ' || i, i % 30 + 1 FROM n;
    INSERT OR IGNORE INTO Genre SELECT ArtistId, 'Genre ' || ArtistId FROM Artist WHERE ArtistId <= 5;
    INSERT OR IGNORE INTO MediaType SELECT GenreId, 'Type ' || GenreId FROM Genre;
    INSERT OR IGNORE INTO Track (TrackId, Name, AlbumId, MediaTypeId, GenreId, Milliseconds, UnitPrice)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600)
        SELECT i, 'Track ' || i % 97, i % 60 + 1, i % 5 + 1, i % 5 + 1, i * 37 % 1000, 0.99 FROM n;
    INSERT OR IGNORE INTO Customer (CustomerId, FirstName, LastName, Country, Email)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
        SELECT i, 'First ' || i, 'Last ' || i % 7, 'Country ' || i % 4, i || '@x.org' FROM n;
    INSERT OR IGNORE INTO Invoice (InvoiceId, CustomerId, InvoiceDate, BillingCountry, Total)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
        SELECT i, i % 40 + 1, '2026-01-' || i % 28, 'Country ' || i % 4, i % 20 FROM n;
    INSERT OR IGNORE INTO InvoiceLine (InvoiceLineId, InvoiceId, TrackId, UnitPrice, Quantity)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 800)
        SELECT i, i % 200 + 1, i % 600 + 1, 0.99, 1 FROM n;
";

#[rustfmt::skip]
pub(super) const COSTS: &[Cost] = &[
    ("SELECT * FROM Track WHERE TrackId = 7", "SEARCH Track USING INTEGER PRIMARY KEY (rowid=?)", 1, 0),
    ("SELECT * FROM Track WHERE AlbumId = 3 ORDER BY TrackId", "SEARCH Track USING INDEX IFK_TrackAlbumId (AlbumId=?)", 10, 0),
    ("SELECT * FROM Track WHERE Name = 'Track 5'", "SCAN Track", 600, 0),
    ("SELECT * FROM Track WHERE GenreId = 2 AND Milliseconds > 500", "SEARCH Track USING INDEX IFK_TrackGenreId (GenreId=?)", 121, 0),
    ("SELECT Track.*, Album.* FROM Track LEFT JOIN Album ON Album.AlbumId = Track.AlbumId ORDER BY Track.TrackId LIMIT 20", "SCAN Track / SEARCH Album USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN", 39, 0),
    ("SELECT Artist.Name, count(*) FROM Artist JOIN Album ON Album.ArtistId = Artist.ArtistId GROUP BY Artist.ArtistId", "SCAN Artist / SEARCH Album USING COVERING INDEX IFK_AlbumArtistId (ArtistId=?)", 119, 0),
    ("SELECT Artist.Name, Track.Name FROM Artist JOIN Album ON Album.ArtistId = Artist.ArtistId JOIN Track ON Track.AlbumId = Album.AlbumId WHERE Artist.ArtistId = 4", "SEARCH Artist USING INTEGER PRIMARY KEY (rowid=?) / SEARCH Album USING COVERING INDEX IFK_AlbumArtistId (ArtistId=?) / SEARCH Track USING INDEX IFK_TrackAlbumId (AlbumId=?)", 14, 0),
    ("SELECT BillingCountry, sum(Total) FROM Invoice GROUP BY BillingCountry ORDER BY 2 DESC", "SCAN Invoice / USE TEMP B-TREE FOR GROUP BY / USE TEMP B-TREE FOR ORDER BY", 402, 0),
    ("SELECT * FROM Invoice WHERE CustomerId = 5 ORDER BY InvoiceDate DESC LIMIT 3", "SEARCH Invoice USING INDEX IFK_InvoiceCustomerId (CustomerId=?) / USE TEMP B-TREE FOR ORDER BY", 11, 0),
    ("SELECT Track.Name, sum(Quantity) FROM InvoiceLine JOIN Track ON Track.TrackId = InvoiceLine.TrackId GROUP BY Track.TrackId ORDER BY 2 DESC LIMIT 10", "SCAN Track / SEARCH InvoiceLine USING INDEX IFK_InvoiceLineTrackId (TrackId=?) / USE TEMP B-TREE FOR ORDER BY", 2599, 0),
    ("SELECT * FROM Customer WHERE LastName = 'Last 3' AND Country = 'Country 1'", "SCAN Customer", 40, 0),
    ("SELECT * FROM Customer WHERE NOT EXISTS (SELECT 1 FROM Invoice WHERE Invoice.CustomerId = Customer.CustomerId)", "SCAN Customer / CORRELATED SCALAR SUBQUERY 1 / SEARCH Invoice USING COVERING INDEX IFK_InvoiceCustomerId (CustomerId=?)", 80, 0),
    ("SELECT COUNT(*) AS num_items FROM (SELECT Track.TrackId FROM Track WHERE Track.GenreId = 1) AS sub_query", "SEARCH Track USING COVERING INDEX IFK_TrackGenreId (GenreId=?)", 123, 0),
    ("SELECT * FROM Album WHERE ArtistId IN (1, 2, 3)", "SEARCH Album USING INDEX IFK_AlbumArtistId (ArtistId=?)", 13, 0),
    ("INSERT INTO Artist (ArtistId, Name) VALUES (1000, 'New')", "", 1, 1),
    ("INSERT INTO InvoiceLine (InvoiceLineId, InvoiceId, TrackId, UnitPrice, Quantity) VALUES (5000, 1, 1, 0.99, 2)", "", 3, 3),
    ("UPDATE Track SET UnitPrice = 1.99 WHERE AlbumId = 3", "SEARCH Track USING INDEX IFK_TrackAlbumId (AlbumId=?)", 10, 9),
    ("UPDATE Invoice SET Total = Total + 1 WHERE InvoiceId = 9", "SEARCH Invoice USING INTEGER PRIMARY KEY (rowid=?)", 1, 1),
    ("DELETE FROM InvoiceLine WHERE InvoiceId = 9", "SEARCH InvoiceLine USING COVERING INDEX IFK_InvoiceLineInvoiceId (InvoiceId=?)", 9, 4),
    ("DELETE FROM Artist WHERE ArtistId = 1000", "SEARCH Artist USING INTEGER PRIMARY KEY (rowid=?) / SEARCH Album USING COVERING INDEX IFK_AlbumArtistId (ArtistId=?)", 1, 1),
];
