-- One JSON object a table, in the shape of schema.rs. Tables of extensions are the extension's.
SELECT json_build_object(
    'schema', n.nspname,
    'name', c.relname,
    'shape', CASE
        WHEN c.relkind = 'm' THEN 'materialized_view'
        WHEN c.relkind = 'f' THEN 'foreign'
        WHEN c.relispartition THEN 'partition'
        WHEN c.relkind = 'p' THEN 'partitioned'
        ELSE 'table'
    END,
    'owner', pg_get_userbyid(c.relowner),
    'ours', pg_has_role(c.relowner, 'USAGE'),
    'dropped', EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.attisdropped),
    'columns', coalesce((
        SELECT json_agg(json_build_object(
            'name', a.attname,
            'type_name', format_type(a.atttypid, a.atttypmod),
            'kind', CASE
                WHEN t.typtype = 'e' THEN json_build_object('enum', (
                    SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid))
                WHEN t.typname IN ('text', 'varchar', 'bpchar', 'citext') THEN json_build_object('text', json_build_object(
                    'longest', CASE WHEN t.typname IN ('varchar', 'bpchar') AND m.typmod >= 4 THEN m.typmod - 4 END,
                    'folds', t.typname = 'citext' OR NOT coalesce(
                        (SELECT l.collisdeterministic FROM pg_collation l WHERE l.oid = a.attcollation), true)))
                WHEN t.typname IN ('int2', 'int4', 'int8') THEN '"integer"'::json
                WHEN t.typname IN ('numeric', 'float4', 'float8') THEN '"number"'::json
                WHEN t.typname = 'date' THEN '"date"'::json
                WHEN t.typname IN ('timestamp', 'timestamptz') THEN '"time"'::json
                WHEN t.typname = 'uuid' THEN '"uuid"'::json
                WHEN t.typname = 'inet' THEN '"address"'::json
                ELSE '"other"'::json
            END,
            'nullable', NOT (a.attnotnull OR y.typnotnull),
            'generated', a.attgenerated <> '',
            'identity', a.attidentity = 'a'
        ) ORDER BY a.attnum)
        FROM pg_attribute a
        JOIN pg_type y ON y.oid = a.atttypid
        -- A domain is what it is made of; one made of another domain stays what it is.
        JOIN pg_type t ON t.oid = CASE WHEN y.typtype = 'd' THEN y.typbasetype ELSE y.oid END
        CROSS JOIN LATERAL (SELECT CASE WHEN y.typtype = 'd' THEN y.typtypmod ELSE a.atttypmod END AS typmod) m
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    ), '[]'),
    'uniques', coalesce((
        SELECT json_agg(json_build_object(
            'name', i.relname,
            'columns', looked_at.columns,
            'nulls_equal', x.indisprimary OR coalesce((to_json(x)->>'indnullsnotdistinct')::bool, false),
            'exclusion', x.indisexclusion,
            'whole', x.indpred IS NULL
        ) ORDER BY i.relname)
        FROM pg_index x
        JOIN pg_class i ON i.oid = x.indexrelid
        CROSS JOIN LATERAL (
            SELECT coalesce(json_agg(DISTINCT a.attname), '[]') AS columns
            FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND (
                a.attnum = ANY (x.indkey)
                OR EXISTS (
                    SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = x.indexrelid
                        AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND d.refobjsubid = a.attnum
                )
            )
        ) looked_at
        WHERE x.indrelid = c.oid AND (x.indisunique OR x.indisexclusion)
    ), '[]'),
    'checks', coalesce((
        SELECT json_agg(json_build_object(
            'name', k.conname,
            'columns', coalesce((
                SELECT json_agg(a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (k.conkey)), '[]'),
            'condition', pg_get_expr(k.conbin, k.conrelid)
        ) ORDER BY k.conname)
        FROM pg_constraint k
        WHERE k.conrelid = c.oid AND k.contype = 'c'
    ), '[]'),
    'references', coalesce((
        SELECT json_agg(json_build_object(
            'name', k.conname,
            'columns', (
                SELECT json_agg(a.attname ORDER BY o.place)
                FROM unnest(k.conkey) WITH ORDINALITY AS o (number, place)
                JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = o.number),
            'to_schema', tn.nspname,
            'to_table', tc.relname,
            'to_columns', (
                SELECT json_agg(a.attname ORDER BY o.place)
                FROM unnest(k.confkey) WITH ORDINALITY AS o (number, place)
                JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = o.number),
            'definition', pg_get_constraintdef(k.oid)
        ) ORDER BY k.conname)
        FROM pg_constraint k
        JOIN pg_class tc ON tc.oid = k.confrelid
        JOIN pg_namespace tn ON tn.oid = tc.relnamespace
        WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.conparentid = 0
    ), '[]'),
    -- Those of its partitions too, which are changed through it.
    'triggers', coalesce((
        SELECT json_agg(json_build_object(
            'schema', gn.nspname,
            'table', gc.relname,
            'name', g.tgname,
            'enable', CASE g.tgenabled WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END
        ) ORDER BY gn.nspname, gc.relname, g.tgname)
        FROM pg_trigger g
        JOIN pg_class gc ON gc.oid = g.tgrelid
        JOIN pg_namespace gn ON gn.oid = gc.relnamespace
        WHERE NOT g.tgisinternal AND g.tgenabled <> 'D' AND (
            g.tgrelid = c.oid
            OR c.relkind = 'p' AND g.tgrelid IN (SELECT relid FROM pg_partition_tree(c.oid))
        )
    ), '[]'),
    'rules', coalesce((
        SELECT json_agg(json_build_object(
            'schema', n.nspname,
            'table', c.relname,
            'name', r.rulename,
            'enable', CASE r.ev_enabled WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END
        ) ORDER BY r.rulename)
        FROM pg_rewrite r
        WHERE r.ev_class = c.oid AND r.ev_type <> '1' AND r.ev_enabled <> 'D'
    ), '[]')
)::text
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'f')
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    AND n.nspname NOT LIKE 'pg\_temp\_%' AND n.nspname NOT LIKE 'pg\_toast\_temp\_%'
    AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY n.nspname, c.relname
