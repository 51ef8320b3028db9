namespace Serverless.InfluxQL.Functions;

/// <summary>What a function makes of points.</summary>
public enum FunctionKind : byte
{
    /// <summary>No function that the language has, or one of mathematics, which is evaluated row by row.</summary>
    None,

    /// <summary>One value, or for distinct and integral several, for the points of a window.</summary>
    Aggregate,

    /// <summary>Some of the points of a window, with their times.</summary>
    Selector,

    /// <summary>A value for each point and those before it.</summary>
    Transformation,

    /// <summary>Points after the last.</summary>
    Prediction,
}
