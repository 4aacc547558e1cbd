-- Deletes what nobody needs any more of one kind (earnings: sums them up), at most `p_limit` rows, and says whether there may be
-- more: call again then. What somebody has locked is passed over. Jobs, with all that is known of them,
-- money and users stay for ever.
-- `p_keep`: how long files and drafts are kept.
CREATE OR REPLACE FUNCTION sweep(p_kind text, p_keep interval, p_limit int)
RETURNS TABLE(gone int, more boolean) LANGUAGE plpgsql AS $$
BEGIN
  CASE p_kind
    WHEN 'updates' THEN
      DELETE FROM updates u WHERE u.update_id = ANY (ARRAY(
        SELECT x.update_id FROM updates x WHERE x.handled_at < now() - interval '3 days'
         ORDER BY x.handled_at LIMIT p_limit FOR UPDATE SKIP LOCKED));
    WHEN 'notifications' THEN
      DELETE FROM notifications n WHERE n.id = ANY (ARRAY(
        SELECT x.id FROM notifications x WHERE x.sent_at < now() - interval '90 days'
         ORDER BY x.sent_at LIMIT p_limit FOR UPDATE SKIP LOCKED));
    WHEN 'job_events' THEN
      RETURN QUERY SELECT 0, false; -- older programs ask for it: events go with their job
      RETURN;
    WHEN 'cards' THEN
      DELETE FROM cards c WHERE c.draft_id = ANY (ARRAY(
        SELECT x.draft_id FROM cards x WHERE x.finished AND x.updated_at < now() - interval '90 days'
         ORDER BY x.updated_at LIMIT p_limit FOR UPDATE SKIP LOCKED));
    WHEN 'nodes' THEN
      DELETE FROM nodes n WHERE n.incarnation = ANY (ARRAY(
        SELECT x.incarnation FROM nodes x
         WHERE x.fenced_at < now() - interval '1 day'
           AND NOT EXISTS (SELECT FROM jobs j
                            WHERE j.claimed_by = x.incarnation AND j.status = 'processing')
         LIMIT p_limit FOR UPDATE SKIP LOCKED));
    WHEN 'earnings' THEN
      gone := sum_earnings(p_limit);
      RETURN QUERY SELECT gone, gone = p_limit;
      RETURN;
    WHEN 'drafts' THEN
      RETURN QUERY SELECT * FROM forget_old_drafts(p_keep, p_limit);
      RETURN;
  END CASE;
  GET DIAGNOSTICS gone = ROW_COUNT;
  more := gone = p_limit;
  RETURN NEXT;
END $$;
