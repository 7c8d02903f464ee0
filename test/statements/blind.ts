import type { Written } from './corpus.ts'

/**
 * Statements as they are usual in Java (slf4j, java.util.logging), Go (zap, logrus, slog), Ruby and C# (ILogger, Serilog), written without a look at what finds
 * them: first tried when all of them stood here.
 */
export const BLIND: readonly Written[] = [
  {
    file: 'blind/ShipmentJob.java',
    has: 'Weighing parcel',
    lines: ['Weighing parcel 17 (4.5 kg) before dispatch', 'Weighing parcel 18 (0.2 kg) before dispatch'],
  },
  {
    file: 'blind/ShipmentJob.java',
    has: 'exceeds the carrier',
    lines: [
      'Parcel 17 exceeds the carrier limit of 30 kg, splitting it',
      'Parcel 20 exceeds the carrier limit of 30 kg, splitting it',
    ],
  },
  {
    file: 'blind/ShipmentJob.java',
    has: 'declined parcel',
    lines: ['Carrier dhl declined parcel 17 at the depot', 'Carrier ups declined parcel 19 at the depot'],
  },
  {
    file: 'blind/ShipmentJob.java',
    has: 'dispatch of parcel',
    lines: ['dispatch of parcel 17 aborted after 3 tries', 'dispatch of parcel 21 aborted after 3 tries'],
  },
  {
    file: 'blind/ShipmentJob.java',
    has: 'did not confirm',
    lines: ['Depot north did not confirm parcel 17 in time', 'Depot south did not confirm parcel 18 in time'],
  },
  {
    file: 'blind/ShipmentJob.java',
    has: 'Dispatched {0}',
    lines: ['Dispatched 120 parcels from depot north', 'Dispatched 7 parcels from depot south'],
  },
  {
    file: 'blind/ShipmentJob.java',
    has: 'closed for tonight',
    lines: ['Gate of depot north closed for tonight', 'Gate of depot south closed for tonight'],
  },
  { file: 'blind/dispatcher.go', has: 'conveyor belt', lines: ['conveyor belt restarted', 'conveyor belt restarted'] },
  {
    file: 'blind/dispatcher.go',
    has: 'misread',
    lines: ['scanner a7 misread 3 barcodes in a row', 'scanner b2 misread 5 barcodes in a row'],
  },
  { file: 'blind/dispatcher.go', has: 'photo cell', lines: ['photo cell blocked'] },
  {
    file: 'blind/dispatcher.go',
    has: 'without its papers',
    lines: ['truck "W-1" left ramp 3 without its papers', 'truck "W-8" left ramp 4 without its papers'],
  },
  { file: 'blind/dispatcher.go', has: 'manual lanes', lines: ['sorter falls back to manual lanes'] },
  {
    file: 'blind/dispatcher.go',
    has: 'calibrate scale',
    lines: ['calibrate scale 4: no signal', 'calibrate scale 9: drift'],
  },
  {
    file: 'blind/booking_worker.rb',
    has: 'night queue',
    lines: ['booking 12 taken from the night queue', 'booking 14 taken from the night queue'],
  },
  {
    file: 'blind/booking_worker.rb',
    has: 'seat map',
    lines: ['seat map of flight LH12 is stale by 30 seconds', 'seat map of flight OS7 is stale by 95 seconds'],
  },
  {
    file: 'blind/booking_worker.rb',
    has: 'refused booking',
    lines: ['airline LH refused booking 12 with code X1', 'airline OS refused booking 15 with code Q9'],
  },
  {
    file: 'blind/booking_worker.rb',
    has: 'fare lookup',
    lines: ['retrying fare lookup for VIE-LHR', 'retrying fare lookup for CDG-JFK'],
  },
  {
    file: 'blind/booking_worker.rb',
    has: 'no fare class',
    lines: ['no fare class left on route VIE-LHR', 'no fare class left on route CDG-JFK'],
  },
  {
    file: 'blind/booking_worker.rb',
    has: 'itinerary mail',
    lines: ['itinerary mail to ann@acme bounced twice', 'itinerary mail to bob@bolt bounced twice'],
  },
  {
    file: 'blind/TicketGate.cs',
    has: 'admitted ticket',
    lines: ['Gate 4 admitted ticket 9912', 'Gate 7 admitted ticket 9913'],
  },
  {
    file: 'blind/TicketGate.cs',
    has: 'turning visitor away',
    lines: [
      'Ticket 9912 expired 3 days ago, turning visitor away',
      'Ticket 9917 expired 40 days ago, turning visitor away',
    ],
  },
  {
    file: 'blind/TicketGate.cs',
    has: 'stalled at',
    lines: ['Motor of gate 4 stalled at 12 degrees', 'Motor of gate 7 stalled at 88 degrees'],
  },
  {
    file: 'blind/TicketGate.cs',
    has: 'Turnstile controller',
    lines: ['Turnstile controller c1 unreachable over bus', 'Turnstile controller c2 unreachable over bus'],
  },
  {
    file: 'blind/TicketGate.cs',
    has: 'is jammed by',
    lines: ['gate 4 is jammed by umbrella', 'gate 7 is jammed by scarf'],
  },
  {
    file: 'blind/TicketGate.cs',
    has: 'forged stamp',
    lines: ['Reader r1 rejected a forged stamp', 'Reader r9 rejected a forged stamp'],
  },
]
