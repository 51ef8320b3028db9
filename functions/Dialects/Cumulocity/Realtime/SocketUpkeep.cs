namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>What the process does for open sockets every few minutes.</summary>
public interface ISocketUpkeep
{
    Task RunAsync(CancellationToken cancellation);
}
