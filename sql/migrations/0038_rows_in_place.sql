-- Room in the pages for rows that grow while they live: a job is ordered with some 450 bytes and
-- ends with more than twice as many, and the row of a creation gets its task a moment after it was
-- written. With it the new version lies beside the old one and needs no entry in any index. Only
-- pages that are written from now on.
ALTER TABLE jobs SET (fillfactor = 45);
ALTER TABLE job_tasks SET (fillfactor = 50);
