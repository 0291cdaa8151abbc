-- After much news the planner must know what it reads: without statistics it joins a year of lines row by row. Small
-- tables are among them, since PostgreSQL by itself never looks at one of fewer than fifty rows.
select take_statistics(array[
    'ledger', 'reference', 'order_content', 'order_line', 'fulfilment_content', 'fulfilment_line', 'return_content',
    'return_line', 'credit_content', 'credit_line', 'stock_level', 'stock_movement', 'product', 'outcome',
    'system', 'flow'
])
