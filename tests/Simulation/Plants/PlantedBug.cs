using System.Text.RegularExpressions;
using JobForge.Silo.Simulation;

namespace JobForge.Simulation.Plants;

/// <summary>Faults that are put into the product on purpose, to see that the auditor finds them.</summary>
internal enum PlantedBug
{
    None,
}

internal static partial class Plant
{
    public static SimulationSetup Into(PlantedBug bug, SimulationSetup setup) => setup;
}
