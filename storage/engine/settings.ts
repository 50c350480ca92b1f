/**
 * ClickHouse's own configuration for a small machine: its caches default to gigabytes and its pools to hundreds of threads, which
 * one product on a laptop has no use for.
 */
export const ENGINE_CONFIG = (maxMemoryBytes: number): string => `<clickhouse>
  <max_server_memory_usage>${maxMemoryBytes}</max_server_memory_usage>
  <mark_cache_size>67108864</mark_cache_size>
  <primary_index_cache_size>67108864</primary_index_cache_size>
  <index_mark_cache_size>16777216</index_mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <query_condition_cache_size>8388608</query_condition_cache_size>
  <compiled_expression_cache_size>8388608</compiled_expression_cache_size>
  <background_pool_size>2</background_pool_size>
  <background_merges_mutations_concurrency_ratio>1</background_merges_mutations_concurrency_ratio>
  <background_common_pool_size>1</background_common_pool_size>
  <background_move_pool_size>1</background_move_pool_size>
  <background_fetches_pool_size>1</background_fetches_pool_size>
  <background_schedule_pool_size>2</background_schedule_pool_size>
  <tables_loader_foreground_pool_size>2</tables_loader_foreground_pool_size>
  <tables_loader_background_pool_size>1</tables_loader_background_pool_size>
  <max_thread_pool_free_size>8</max_thread_pool_free_size>
  <max_io_thread_pool_free_size>0</max_io_thread_pool_free_size>
  <merge_tree>
    <number_of_free_entries_in_pool_to_lower_max_size_of_merge>1</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
    <number_of_free_entries_in_pool_to_execute_mutation>1</number_of_free_entries_in_pool_to_execute_mutation>
    <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>1</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
  </merge_tree>
</clickhouse>
`;

/**
 * Settings of every connection, given as it opens: a request's own settings and parameters come in a SET statement, which may
 * be long itself.
 */
export const CONNECTION_SETTINGS: readonly string[] = [
  '--max_query_size=268435456',
  '--max_ast_elements=10000000',
  '--max_expanded_ast_elements=10000000',
  // ClickHouse's profiler samples into a log that the engine does not keep; its timers cost every query a few calls of the kernel.
  '--query_profiler_real_time_period_ns=0',
  '--query_profiler_cpu_time_period_ns=0',
];
