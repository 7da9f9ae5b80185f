-- Years of a bench's work: :events units over :skus items, one every :apart milliseconds from :ms on.
-- Multiplying by a large odd number visits the items in no order that an index would like.

create temp table n (i integer primary key, item integer, sku text, label text, rma text, wall integer);

insert into n
with recursive numbers (i) as (select 1 union all select i + 1 from numbers where i < :events)
select i, (i * 2654435761) % :skus, printf('SKU-%07d', (i * 2654435761) % :skus), printf('L07-%d-X', i),
       printf('R-%07d', i / 6), :ms + i * :apart
from numbers;

insert into account (id, label, serial, item, location, owner, status, reason, lot, grade)
with recursive numbers (i) as (select 0 union all select i + 1 from numbers where i < :skus - 1)
select i + 1, '', '', printf('SKU-%07d', i), '@customer', :owner, '', '', '', '' from numbers;

insert into account (id, label, serial, item, location, owner, status, reason, lot, grade)
select :skus + 2 * i - 1, label, '', sku, :place, :owner, 'return_pending', '', '', '' from n;

insert into account (id, label, serial, item, location, owner, status, reason, lot, grade)
select :skus + 2 * i, label, '', sku, 'R-03', :owner, 'sellable', '', '', 'A' from n;

insert into event (seq, epoch, event_id, kind, hash, hlc, wall_ms, units, header, facts, sig)
select i, 1, printf('%08x-%04x-7000-8000-%012x', wall >> 16, wall & 65535, i), 'return.dispositioned',
       printf('%064x', i), printf('%013d-00000', wall), wall, 1, x'7b7d', x'7b7d', zeroblob(64)
from n;

insert into move (seq, line, qty, source, target, kind, reason, document)
select i, 1, 1, 1 + item, :skus + 2 * i - 1, 'return', null, rma from n;

insert into move (seq, line, qty, source, target, kind, reason, document)
select i, 2, 1, :skus + 2 * i - 1, :skus + 2 * i, 'dispose', 'rule 12', rma from n;

insert into balance (account_id, qty) select 1 + item, -count(*) from n group by item order by item;

insert into balance (account_id, qty) select :skus + 2 * i, 1 from n;

insert into subject (subject, seq)
select subject, i from (
    select 'rma:' || rma as subject, i from n
    union all select 'label:' || label, i from n
    union all select 'unit:' || label, i from n
    union all select 'sku:' || sku, i from n
) order by subject, i;

insert into return_progress (rma, line, qty) select rma, i % 6 + 1, 1 from n;

insert into label (code, document, state, event_seq, wall)
select label, '{}', 'printed', i, '' from n order by label;

insert into counter (series, next) values ('label', :events + 1);

update meta set value = :events where name = 'acknowledged';

drop table n;
