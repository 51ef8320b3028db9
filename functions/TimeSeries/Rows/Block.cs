namespace Serverless.TimeSeries.Rows;

/// <summary>A block of a sealed row, undecoded: where its times and values lie in the row's payload, and what is known of them.</summary>
internal readonly record struct Block(int Count, long MinTime, long MaxTime, BlockStatistics? Statistics, Range Times, Range Values);
