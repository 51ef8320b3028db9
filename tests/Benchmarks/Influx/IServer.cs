namespace Serverless.Benchmarks.Influx;

/// <summary>A server that speaks InfluxDB's HTTP API, as a process.</summary>
internal interface IServer : IDisposable
{
    string Name { get; }

    /// <summary>Its one connection, kept alive.</summary>
    InfluxConnection Connection { get; }

    int ProcessId { get; }

    /// <summary>Waits until what was written is where it will stay.</summary>
    Task SettleAsync();

    /// <summary>The bytes that a database takes on disk.</summary>
    Task<long> StoredBytesAsync(string database);
}
