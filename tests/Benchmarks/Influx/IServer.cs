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

    /// <summary>The bytes that the points of a database take on disk, with what is needed to find them.</summary>
    Task<long> StoredBytesAsync(string database);
}
