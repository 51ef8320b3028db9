using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Serverless.Dialects.Cumulocity.Events;
using Serverless.Dialects.Cumulocity.Paging;
using Serverless.Dialects.Cumulocity.Realtime;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Dialects.Cumulocity.Retention;
using Serverless.Domain.DataRetention;

namespace Serverless.Dialects.Cumulocity.Measurements;

/// <summary>Puts measurements, events and retention rules together.</summary>
internal static class DataServices
{
    public static void AddMeasurementsAndEvents(this IServiceCollection services)
    {
        services.TryAddSingleton<PageCursors>();
        services.AddSingleton<SourceObjects>();
        services.AddSingleton<MeasurementReader>();
        services.AddSingleton<MeasurementPages>();
        services.AddSingleton<MeasurementIntake>();
        services.AddSingleton<MeasurementEraser>();
        services.AddSingleton<MeasurementDeletion>();
        services.AddSingleton<SeriesReader>();
        services.AddSingleton<EventQuery>();
        services.AddSingleton<IRetainedData, RetainedMeasurements>();
        services.AddSingleton<IChangeRepresentation, MeasurementRepresentation>();
        services.AddSingleton<IChangeRepresentation, EventRepresentation>();
        services.AddSingleton<ICumulocityRoutes, MeasurementRoutes>();
        services.AddSingleton<ICumulocityRoutes, SeriesRoutes>();
        services.AddSingleton<ICumulocityRoutes, EventRoutes>();
        services.AddSingleton<ICumulocityRoutes, EventFileRoutes>();
        services.AddSingleton<ICumulocityRoutes, RetentionRoutes>();
    }
}
