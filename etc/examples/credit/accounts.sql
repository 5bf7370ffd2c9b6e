-- sqlite3 accounts.db < accounts.sql
create table accounts (user varchar(64) primary key, cents int not null, price int not null);
create table calls (user varchar(64) not null, callid varchar(128) not null, target varchar(64) not null, at timestamp);

insert into accounts values ('alice', 500, 20), ('bob', 10, 20);
