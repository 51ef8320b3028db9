using Serverless.Domain.Tenants;

namespace Serverless.App.Hosting;

/// <summary>Work of several parts, one after the other.</summary>
internal static class Parts
{
    /// <summary>Does all of them; one that fails keeps none of the others from being done.</summary>
    /// <exception cref="AggregateException">Some parts failed, each as it is said.</exception>
    public static async Task RunAsync(IEnumerable<Func<CancellationToken, Task>> parts, CancellationToken cancellation)
    {
        var failures = new List<Exception>();
        foreach (var part in parts)
        {
            try
            {
                await part(cancellation);
            }
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
            {
                failures.Add(failure);
            }
        }

        if (failures.Count > 0)
        {
            throw new AggregateException("Some of the work failed.", failures);
        }
    }

    public static async Task ForEachAsync(
        this TenantDirectory tenants,
        Func<string, CancellationToken, Task> work,
        CancellationToken cancellation
    )
    {
        await foreach (var tenant in tenants.AllAsync(cancellation))
        {
            await work(tenant.Value.Id, cancellation);
        }
    }
}
